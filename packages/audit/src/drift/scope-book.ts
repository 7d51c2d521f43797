// Scopes in → one tally for each out, and for all of a kind (`write:data:order-{id}`) when there are too many.

import { compareTexts } from './text-order.js';
import { copyOf } from './first-texts.js';
import type { ScopeEntry, ScopeFamily } from './scope-family.js';
import { isWildcard, kindOf, OTHER_SCOPES, templateOf } from './scope-template.js';
import { numberOf } from './text-number.js';

/** How to make a tally, and how to add what one counted to another. */
export interface TallyKind<Tally> {
  readonly create: () => Tally;
  readonly merge: (into: Tally, from: Tally) => void;
}

/** What is longer is kept nowhere: it would fill the memory, and nobody reads it. */
export const MAX_TEXT = 512;

export class ScopeBook<Tally> {
  readonly #max: number;
  /** No kind takes the place of all others, by the number of its identifiers or of its templates. */
  readonly #quota: number;
  readonly #tallies: TallyKind<Tally>;
  readonly #entries = new Map<string, ScopeEntry<Tally>>();
  readonly #families = new Map<string, ScopeFamily<Tally>>();
  /** By action and resource. */
  readonly #templates = new Map<string, number>();
  /** Entries of families that may have several. */
  #sampled = 0;
  #foldedIdentifiers = 0;
  #foldedScopes = 0;

  constructor(max: number, tallies: TallyKind<Tally>) {
    this.#max = max;
    this.#quota = Math.ceil(max / 4);
    this.#tallies = tallies;
  }

  /**
   * The tally to write to.
   *
   * @param scopes one, or several that belong together
   * @param task a number that stands for it
   */
  at(scopes: readonly string[], task: number | undefined): Tally {
    const key = keyOf(scopes);
    const known = this.#entries.get(key);
    if (known !== undefined) {
      if (known.task !== task) known.isShared = true;
      return known.tally;
    }
    const family = this.#familyOf(scopes);
    const entry = family.isFolded ? undefined : this.#enter(family, scopes, key, task);
    if (entry !== undefined) return entry.tally;
    if (family.isFolded) this.#foldedScopes += 1;
    else this.#foldedIdentifiers += 1;
    family.rest ??= this.#tallies.create();
    return family.rest;
  }

  find(scope: string): ScopeEntry<Tally> | undefined {
    return this.#entries.get(keyOf([scope]));
  }

  /** Of those that are counted with its kind, because they have no entry. */
  restFor(scope: string): Tally | undefined {
    return this.#families.get(keyOf([templateOf(scope)]))?.rest;
  }

  /** The tally of all of these kinds that have no entry. */
  restAt(templates: readonly string[]): Tally {
    const family = this.#families.get(keyOf(templates)) ?? this.#add(templates, true);
    family.rest ??= this.#tallies.create();
    return family.rest;
  }

  /** One that can be written to without a change to this one. */
  copy(): ScopeBook<Tally> {
    const copy = new ScopeBook(this.#max, this.#tallies);
    const copyTally = (tally: Tally): Tally => {
      const other = this.#tallies.create();
      this.#tallies.merge(other, tally);
      return other;
    };
    for (const [key, family] of this.#families) {
      const entries = family.entries.map((entry) => ({ ...entry, tally: copyTally(entry.tally) }));
      const rest = family.rest && copyTally(family.rest);
      copy.#families.set(key, { ...family, entries, rest });
      for (const entry of entries) copy.#entries.set(keyOf(entry.scopes), entry);
    }
    for (const [kind, count] of this.#templates) copy.#templates.set(kind, count);
    copy.#sampled = this.#sampled;
    return copy;
  }

  get entries(): Iterable<ScopeEntry<Tally>> {
    return this.#entries.values();
  }

  /** In the order of their templates. */
  get families(): readonly ScopeFamily<Tally>[] {
    return [...this.#families]
      .toSorted(([one], [other]) => compareTexts(one, other))
      .map(([, family]) => family);
  }

  /** How often a scope was counted with its kind only. */
  get foldedIdentifiers(): number {
    return this.#foldedIdentifiers;
  }

  /** How often a scope was counted with other templates. */
  get foldedScopes(): number {
    return this.#foldedScopes;
  }

  /** @returns nothing when it is not one of the sample */
  #enter(
    family: ScopeFamily<Tally>,
    scopes: readonly string[],
    key: string,
    task: number | undefined,
  ): ScopeEntry<Tally> | undefined {
    const { entries, templates } = family;
    // The only one of its kind, and there are not too many kinds.
    const isAlone = templates.every((template, index) => template === scopes[index]);
    const rank = isAlone ? 0 : numberOf(key);
    const highest = entries.at(-1);
    const isFull = entries.length >= this.#quota || this.#sampled >= this.#max;
    const isLate = highest !== undefined && rank >= highest.rank;
    if (!isAlone && isFull && isLate && this.#isWidest(family)) return undefined;
    const tally = this.#tallies.create();
    const kept = copiesOf(scopes);
    const entry = { scope: kept[0], scopes: kept, tally, task, isShared: false, rank };
    this.#entries.set(keyOf(kept), entry);
    const at = entries.findIndex((other) => other.rank > rank);
    entries.splice(at < 0 ? entries.length : at, 0, entry);
    if (isAlone) return entry;
    this.#sampled += 1;
    if (entries.length > this.#quota) this.#evictFrom(family);
    else if (this.#sampled > this.#max) this.#evictFrom(this.#widest());
    return this.#entries.get(key);
  }

  #isWidest(family: ScopeFamily<Tally>): boolean {
    return family.entries.length >= this.#quota || this.#widest() === family;
  }

  /** The one with most entries: it can do without one soonest. */
  #widest(): ScopeFamily<Tally> {
    // Of what is the only one of its kind nothing can be spared.
    const wide = [...this.#families.values()].filter(({ entries }) => entries.at(-1)?.rank);
    const [first, ...others] = wide;
    if (first === undefined) throw new Error('a book that is full has families of several');
    return others.reduce((widest, family) => {
      const more = family.entries.length - widest.entries.length;
      const isBefore = compareTexts(family.templates.join(), widest.templates.join()) < 0;
      return more > 0 || (more === 0 && isBefore) ? family : widest;
    }, first);
  }

  #evictFrom(family: ScopeFamily<Tally>): void {
    const entry = family.entries.pop();
    if (entry === undefined) return;
    this.#entries.delete(keyOf(entry.scopes));
    this.#sampled -= 1;
    this.#foldedIdentifiers += 1;
    family.rest ??= this.#tallies.create();
    this.#tallies.merge(family.rest, entry.tally);
  }

  #familyOf(scopes: readonly string[]): ScopeFamily<Tally> {
    const isShort = scopes.reduce((sum, { length }) => sum + length, 0) <= MAX_TEXT;
    if (!isShort) return this.#folded([OTHER_SCOPES]);
    const templates = scopes.map(templateOf);
    const key = keyOf(templates);
    const known = this.#families.get(key);
    if (known !== undefined) return known;
    const kinds = scopes.map(kindOf);
    const kind = keyOf(kinds);
    const count = this.#templates.get(kind) ?? 0;
    // A wildcard says more than any other of its kind, and there is but one.
    if (count >= this.#quota && !scopes.every(isWildcard)) return this.#folded(kinds);
    if (this.#families.size >= this.#max) return this.#folded([OTHER_SCOPES]);
    this.#templates.set(kind, count + 1);
    return this.#add(templates, false);
  }

  #folded(templates: readonly string[]): ScopeFamily<Tally> {
    const key = keyOf(templates);
    return this.#families.get(key) ?? this.#add(templates, true);
  }

  #add(templates: readonly string[], isFolded: boolean): ScopeFamily<Tally> {
    const kept = copiesOf(templates);
    const family = { template: kept[0], templates: kept, isFolded, entries: [], rest: undefined };
    this.#families.set(keyOf(kept), family);
    return family;
  }
}

// Texts that somebody chose have whatever characters they like in them: nothing but JSON keeps them apart.
function keyOf(texts: readonly string[]): string {
  const [text = ''] = texts;
  return texts.length === 1 ? ` ${text}` : JSON.stringify(texts);
}

function copiesOf(texts: readonly string[]): [string, ...string[]] {
  const [first = '', ...others] = texts.map((text) => copyOf(text, MAX_TEXT));
  return [first, ...others];
}
