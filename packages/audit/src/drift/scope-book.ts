// Scopes in → one tally for each out, and for all of a kind (`write:data:order-{id}`) when there are too many.

import { parseScope } from '@agentwrit/protocol';
import { foldVaryingParts } from './varying-parts.js';

export interface ScopeEntry<Tally> {
  readonly scope: string;
  readonly tally: Tally;
  /** The task it was first seen in. */
  readonly task: string | undefined;
  /** Whether other tasks had it, too. */
  isShared: boolean;
}

/** Scopes that differ only in what varies. */
export interface ScopeFamily<Tally> {
  readonly template: string;
  readonly entries: ScopeEntry<Tally>[];
  /** Of those that have no entry of their own. */
  rest: Tally | undefined;
}

/** What is longer is kept nowhere: it would fill the memory, and nobody reads it. */
export const MAX_TEXT = 512;

/** Stands for scopes of whatever kind, when there are too many kinds. */
export const OTHER_SCOPES = '(others)';

// Of the identifiers of a kind, so many may come back in another task: one that was tried again.
const MAX_SHARED = 0.25;

export class ScopeBook<Tally> {
  readonly #max: number;
  readonly #maxOfKind: number;
  readonly #create: () => Tally;
  readonly #entries = new Map<string, ScopeEntry<Tally>>();
  readonly #families = new Map<string, ScopeFamily<Tally>>();
  #foldedIdentifiers = 0;
  #foldedScopes = 0;

  constructor(max: number, create: () => Tally) {
    this.#max = max;
    // One kind of many identifiers must not take the place of all others.
    this.#maxOfKind = Math.ceil(max / 4);
    this.#create = create;
  }

  /**
   * The tally to write to.
   *
   * @param scope or several, one to a line
   */
  at(scope: string, task: string | undefined): Tally {
    const known = this.#entries.get(scope);
    if (known !== undefined) {
      if (known.task !== task) known.isShared = true;
      return known.tally;
    }
    const family = this.#familyOf(scope);
    if (this.#hasRoom(family, scope)) {
      const entry = { scope, tally: this.#create(), task, isShared: false };
      this.#entries.set(scope, entry);
      family.entries.push(entry);
      return entry.tally;
    }
    if (family.template === OTHER_SCOPES) this.#foldedScopes += 1;
    else this.#foldedIdentifiers += 1;
    family.rest ??= this.#create();
    return family.rest;
  }

  find(scope: string): ScopeEntry<Tally> | undefined {
    return this.#entries.get(scope);
  }

  get entries(): Iterable<ScopeEntry<Tally>> {
    return this.#entries.values();
  }

  /** In the order of their templates. */
  get families(): readonly ScopeFamily<Tally>[] {
    return [...this.#families.values()].toSorted((one, other) =>
      compareTexts(one.template, other.template),
    );
  }

  /** How often a scope was counted with its kind only. */
  get foldedIdentifiers(): number {
    return this.#foldedIdentifiers;
  }

  /** How often a scope was counted with all other kinds. */
  get foldedScopes(): number {
    return this.#foldedScopes;
  }

  #hasRoom({ template, entries }: ScopeFamily<Tally>, scope: string): boolean {
    if (template === OTHER_SCOPES) return false;
    // The only one of its kind, and there are not too many kinds.
    if (template === scope) return true;
    return this.#entries.size < this.#max && entries.length < this.#maxOfKind;
  }

  #familyOf(scope: string): ScopeFamily<Tally> {
    const wanted = scope.length > MAX_TEXT ? OTHER_SCOPES : templateOf(scope);
    const known = this.#families.get(wanted);
    if (known !== undefined) return known;
    const template = this.#families.size < this.#max ? wanted : OTHER_SCOPES;
    const family = this.#families.get(template) ?? { template, entries: [], rest: undefined };
    this.#families.set(template, family);
    return family;
  }
}

/** `write:data:order-4823` → `write:data:order-{id}`, for each of several lines. */
export function templateOf(scopes: string): string {
  return scopes
    .split('\n')
    .map((scope) => {
      const parts = parseScope(scope);
      if (parts === undefined) return scope;
      const { action, resource, identifier } = parts;
      return `${action}:${resource}:${foldVaryingParts(identifier, '{id}')}`;
    })
    .join('\n');
}

/** Whether tasks have their own identifiers: each its order, as it were. */
export function differsPerTask({ entries }: ScopeFamily<unknown>): boolean {
  if (entries.length < 2) return false;
  const shared = entries.filter(({ isShared }) => isShared).length;
  const first = entries[0]?.task;
  return shared <= entries.length * MAX_SHARED && entries.some(({ task }) => task !== first);
}

export function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
