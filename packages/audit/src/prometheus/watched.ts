// Things with figures, by name, in → the same ones to whoever collects, as long as their registry lives, out.

import { assertFunction, assertText } from '@agentwrit/protocol';
import type { Registry } from 'prom-client';
import type { MetricShelf } from './metric-shelf.js';

/** Something that can say its figures at any moment. */
export interface Watched<Stats> {
  readonly stats: () => Stats;
}

/** What is watched for each registry and prefix: metrics are made once, and collect from all. */
export class WatchList<Stats> {
  readonly #kind: string;
  readonly #lists = new WeakMap<Registry, Map<string, Map<string, Watched<Stats>>>>();

  constructor(kind: string) {
    this.#kind = kind;
  }

  /**
   * Returns what ends it.
   *
   * @param shelf where its metrics are: if they had to be made, what was watched before went with the old ones
   * @throws TypeError when there is one of that name, or it has no figures
   */
  add(shelf: MetricShelf, name: string, watched: Watched<Stats>): () => void {
    const { registry, prefix } = shelf;
    assertText(name, 'name');
    assertFunction(watched?.stats, `${this.#kind}.stats`);
    const list = this.#listOf(registry, prefix);
    if (shelf.hasMade) list.clear();
    const before = list.get(name);
    if (before !== undefined && before !== watched) {
      throw new TypeError(`"name": another ${this.#kind} is watched as ${JSON.stringify(name)}`);
    }
    list.set(name, watched);
    return () => {
      if (list.get(name) === watched) list.delete(name);
    };
  }

  /** Calls `tell` for each. */
  collect(registry: Registry, prefix: string, tell: (name: string, stats: Stats) => void): void {
    for (const [name, watched] of this.#listOf(registry, prefix)) {
      try {
        tell(name, watched.stats());
      } catch {
        // One that cannot say its figures must not keep all others from being read.
      }
    }
  }

  #listOf(registry: Registry, prefix: string): Map<string, Watched<Stats>> {
    const lists = this.#lists.get(registry) ?? new Map<string, Map<string, Watched<Stats>>>();
    this.#lists.set(registry, lists);
    const list = lists.get(prefix) ?? new Map<string, Watched<Stats>>();
    lists.set(prefix, list);
    return list;
  }
}
