// What a sink says of itself in → counters, read at each scrape, out: so that lost decisions raise an alarm.

import { assertKnownOptions } from '@agentwrit/protocol';
import type { Registry } from 'prom-client';
import type { BatchFigures } from '../batch/batches.js';
import { DEFAULT_PREFIX, MetricShelf } from './metric-shelf.js';
import { WatchList } from './watched.js';

/** An audit file, or a batch sink. */
export interface WatchedSink {
  readonly stats: () => Pick<BatchFigures, 'written' | 'dropped' | 'queued' | 'faults'>;
}

export interface WatchSinkOptions {
  readonly registry: Registry;
  readonly sink: WatchedSink;
  /** The label `sink`. */
  readonly name: string;
  /** Before each metric's name. Default `agentwrit_`. */
  readonly prefix?: string;
}

const sinks = new WatchList<ReturnType<WatchedSink['stats']>>('sink');

const COUNTERS = [
  ['written', 'Decisions that were recorded.'],
  ['dropped', 'Decisions that were lost.'],
  ['faults', 'Writes that failed, whether or not they were repeated.'],
] as const;

/**
 * Shows the figures of a sink as `agentwrit_sink_written_total`, `agentwrit_sink_dropped_total`,
 * `agentwrit_sink_faults_total` and the gauge `agentwrit_sink_queued`, by `sink`.
 * Returns what ends it.
 *
 * @throws TypeError when an option is wrong, or another sink of the name is watched
 * @example
 * watchSink({ registry: register, sink: file, name: 'audit-file' });
 */
export function watchSink(options: WatchSinkOptions): () => void {
  assertKnownOptions(options, 'watchSink', ['registry', 'sink', 'name', 'prefix']);
  const { registry, sink, name, prefix = DEFAULT_PREFIX } = options;
  const shelf = new MetricShelf(registry, prefix);
  const labelNames = ['sink'] as const;
  for (const [figure, help] of COUNTERS) {
    shelf.counter({
      name: `sink_${figure}_total`,
      help,
      labelNames,
      collect() {
        this.reset();
        sinks.collect(registry, prefix, (each, stats) => this.inc({ sink: each }, stats[figure]));
      },
    });
  }
  shelf.gauge({
    name: 'sink_queued',
    help: 'Decisions that wait to be recorded.',
    labelNames,
    collect() {
      this.reset();
      sinks.collect(registry, prefix, (each, { queued }) => this.set({ sink: each }, queued));
    },
  });
  return sinks.add(shelf, name, sink);
}
