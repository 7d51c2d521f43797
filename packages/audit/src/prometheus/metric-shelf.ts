// A registry and what a metric is to be in → that metric, made once for all who share it, out.

import { assertText } from '@agentwrit/protocol';
import {
  Counter,
  type CounterConfiguration,
  Gauge,
  type GaugeConfiguration,
  Histogram,
  type HistogramConfiguration,
  type Registry,
} from 'prom-client';

/** What is not a letter, a digit or `_` cannot be part of a metric's name. */
const PREFIX = /^[a-zA-Z_][a-zA-Z0-9_]{0,63}$/;

/** Before the name of every metric. */
export const DEFAULT_PREFIX = 'agentwrit_';

type Made = Counter | Gauge | Histogram;

const madeBefore = new WeakMap<Registry, Map<string, Made>>();

/** Metrics of one registry. Guards, sinks and files that share a registry share its metrics as well. */
export class MetricShelf {
  readonly registry: Registry;
  readonly prefix: string;
  #hasMade = false;
  readonly #made: Map<string, Made>;

  /** @throws TypeError when the registry is none, or the prefix cannot begin a name */
  constructor(registry: Registry, prefix: string) {
    assertText(prefix, 'prefix');
    if (!PREFIX.test(prefix)) {
      throw new TypeError('"prefix" must be of letters, digits and "_", such as "agentwrit_"');
    }
    if (typeof registry?.getSingleMetric !== 'function') {
      throw new TypeError('"registry" must be a Registry of prom-client');
    }
    this.registry = registry;
    this.prefix = prefix;
    this.#made = madeBefore.get(registry) ?? new Map<string, Made>();
    madeBefore.set(registry, this.#made);
  }

  /** Whether some of its metrics were not there before: they are new, or the registry has been cleared. */
  get hasMade(): boolean {
    return this.#hasMade;
  }

  counter<Label extends string>(config: CounterConfiguration<Label>): Counter<Label> {
    return this.#take(config.name, Counter<Label>, (at) => new Counter({ ...config, ...at }));
  }

  gauge<Label extends string>(config: GaugeConfiguration<Label>): Gauge<Label> {
    return this.#take(config.name, Gauge<Label>, (at) => new Gauge({ ...config, ...at }));
  }

  histogram<Label extends string>(config: HistogramConfiguration<Label>): Histogram<Label> {
    return this.#take(config.name, Histogram<Label>, (at) => new Histogram({ ...config, ...at }));
  }

  #take<Metric extends Made>(
    shortName: string,
    kind: abstract new (...args: never[]) => Metric,
    make: (at: { readonly name: string; readonly registers: Registry[] }) => Metric,
  ): Metric {
    const name = this.prefix + shortName;
    const present = this.registry.getSingleMetric(name);
    if (present !== undefined) {
      const before = this.#made.get(name);
      // What somebody else has made may have other labels, or mean something else.
      if (present === before && before instanceof kind) return before;
      throw new TypeError(`"registry" has a metric "${name}" of another kind: choose a "prefix"`);
    }
    const metric = make({ name, registers: [this.registry] });
    this.#made.set(name, metric);
    this.#hasMade = true;
    return metric;
  }
}
