// What a guard says of itself in → counters and gauges, read at each scrape, out.

import { assertKnownOptions } from '@agentwrit/protocol';
import type { Registry } from 'prom-client';
import { DEFAULT_PREFIX, MetricShelf } from './metric-shelf.js';
import { WatchList } from './watched.js';

/** A guard, whatever the framework, as far as its figures are used here. */
export interface WatchedGuard {
  readonly stats: () => {
    readonly hits: number;
    readonly misses: number;
    readonly joins: number;
    readonly refreshes: number;
    readonly remembered: number;
    readonly graces: number;
    readonly broker: {
      readonly calls: number;
      readonly faults: Readonly<Record<string, number>>;
      readonly breaker: string;
      readonly running: number;
      readonly queued: number;
    };
    readonly sizes: Readonly<Record<'verdicts' | 'refused' | 'questions' | 'tombstones', number>>;
    readonly feed: string;
  };
}

export interface WatchGuardOptions {
  readonly registry: Registry;
  readonly guard: WatchedGuard;
  /** The label `guard`. Default `default`. */
  readonly name?: string;
  /** Before each metric's name. Default `agentwrit_`. */
  readonly prefix?: string;
}

type Stats = ReturnType<WatchedGuard['stats']>;

/** A second label, and the value for each of its words; without one, the value. */
interface Figure {
  readonly name: string;
  readonly help: string;
  readonly label?: string;
  readonly read: (stats: Stats) => number | Readonly<Record<string, number>>;
}

const COUNTERS: readonly Figure[] = [
  {
    name: 'verdict_lookups_total',
    help: 'Decisions by where the verdict came from: remembered, asked for, asked for by another request.',
    label: 'result',
    read: ({ hits, misses, joins, remembered, graces }) => ({
      hit: hits,
      miss: misses,
      join: joins,
      refused_before: remembered,
      grace: graces,
    }),
  },
  {
    name: 'verdict_refreshes_total',
    help: 'Questions to the broker that were asked ahead of need.',
    read: ({ refreshes }) => refreshes,
  },
  {
    name: 'broker_calls_total',
    help: 'Calls to the broker that got as far as a connection.',
    read: ({ broker }) => broker.calls,
  },
  {
    name: 'broker_faults_total',
    help: 'Calls to the broker that brought no answer.',
    label: 'fault',
    read: ({ broker }) => broker.faults,
  },
];

const GAUGES: readonly Figure[] = [
  {
    name: 'broker_calls_running',
    help: 'Calls to the broker that are under way.',
    read: ({ broker }) => broker.running,
  },
  {
    name: 'broker_calls_queued',
    help: 'Calls to the broker that wait for their turn.',
    read: ({ broker }) => broker.queued,
  },
  {
    name: 'breaker_state',
    help: '1 for the state that the breaker is in.',
    label: 'state',
    read: ({ broker }) => oneOf(['closed', 'open', 'half-open'], broker.breaker),
  },
  {
    name: 'feed_state',
    help: '1 for the state that the revocation feed is in.',
    label: 'state',
    read: ({ feed }) => oneOf(['none', 'in step', 'behind'], feed),
  },
  {
    name: 'guard_entries',
    help: 'What the guard keeps in memory.',
    label: 'kind',
    read: ({ sizes }) => sizes,
  },
];

const guards = new WatchList<Stats>('guard');

/**
 * Shows the figures of a guard, by `guard`: how often it had to ask the broker, calls and faults, the states of its
 * breaker and its feed, what it keeps. They are read when the registry is.
 * Returns what ends it.
 *
 * @throws TypeError when an option is wrong, or another guard of the name is watched
 * @example
 * watchGuard({ registry: register, guard: agentwrit, name: 'orders' });
 */
export function watchGuard(options: WatchGuardOptions): () => void {
  assertKnownOptions(options, 'watchGuard', ['registry', 'guard', 'name', 'prefix']);
  const { registry, guard, name = 'default', prefix = DEFAULT_PREFIX } = options;
  const shelf = new MetricShelf(registry, prefix);
  const tell = (figure: Figure, set: (labels: Record<string, string>, value: number) => void) =>
    guards.collect(registry, prefix, (each, stats) => {
      const { label, read } = figure;
      const found = read(stats);
      if (typeof found === 'number') return set({ guard: each }, found);
      if (label === undefined) return;
      for (const [word, value] of Object.entries(found)) set({ guard: each, [label]: word }, value);
    });
  for (const figure of COUNTERS) {
    shelf.counter({
      ...describe(figure),
      collect() {
        this.reset();
        tell(figure, (labels, value) => this.inc(labels, value));
      },
    });
  }
  for (const figure of GAUGES) {
    shelf.gauge({
      ...describe(figure),
      collect() {
        this.reset();
        tell(figure, (labels, value) => this.set(labels, value));
      },
    });
  }
  return guards.add(shelf, name, guard);
}

function describe({ name, help, label }: Figure): {
  name: string;
  help: string;
  labelNames: string[];
} {
  return { name, help, labelNames: label === undefined ? ['guard'] : ['guard', label] };
}

function oneOf(words: readonly string[], present: string): Record<string, number> {
  return Object.fromEntries(words.map((word) => [word, word === present ? 1 : 0]));
}
