// Decisions in → arrays of them to a function of the program's own out: for a database, a message queue, HTTP.

import {
  assertBoolean,
  assertFunction,
  assertKnownOptions,
  assertNumber,
  type DecisionEvent,
  type DecisionSink,
} from '@agentwrit/protocol';
import { sizeOfEvent } from '../event-size.js';
import { Batches, type BatchFigures } from './batches.js';
import { DropNotices, type DropNotice } from './drop-notices.js';

export interface BatchSinkOptions {
  /**
   * Writes decisions somewhere, oldest first; one call at a time. It has failed when it throws or rejects. The
   * signal is aborted after `timeoutMs`: pass it on, because nothing else is written until the call has ended.
   */
  readonly write: (events: readonly DecisionEvent[], signal: AbortSignal) => unknown;
  /**
   * Decisions that are kept while they wait, those being written included; more are dropped. Refusals take at most
   * half, so that a flood of garbage does not crowd out the others. Default 10,000.
   */
  readonly maxQueued?: number;
  /**
   * How much memory they may take while they wait, about, in bytes: a scope that is filled from the path is as long
   * as the caller makes it. Refusals take at most half here, too. Default 32 MiB.
   */
  readonly maxQueuedBytes?: number;
  /** Decisions in one call. Default 500. */
  readonly maxBatch?: number;
  /** A request is let in only when its decision has been written: see {@link DecisionSink.isRequired}. Default false. */
  readonly required?: boolean;
  /** How long a call may take, and, where it is required, how long a request waits for it. Default 2,000. */
  readonly timeoutMs?: number;
  /**
   * How often a call that failed is repeated: after 100 ms, then after twice as long each time, up to 5 seconds.
   * Default 10, which takes half a minute; 0 where it is required, because requests wait.
   */
  readonly retries?: number;
  /** Told at most once a second, and when the sink is closed, of decisions that are lost. May throw. */
  readonly onDropped?: (notice: DropNotice) => void;
}

export interface BatchSink extends DecisionSink {
  /**
   * Never throws. Where it is required the promise is kept when the decision has been written, and rejects with a
   * {@link SinkError} otherwise; else there is none.
   */
  (event: DecisionEvent): Promise<void> | undefined;
  readonly isRequired: boolean;
  readonly stats: () => BatchFigures;
  /** When all that came before has been written or dropped. */
  readonly flush: () => Promise<void>;
  /**
   * Writes what it has, for `timeoutMs` at the longest, and takes no more. Call it when the guard has been closed.
   * May be called again.
   */
  readonly close: () => Promise<void>;
}

/**
 * Collects decisions and hands them to `write` in batches. However slow that is and whatever it throws, no decision
 * waits for it, unless the sink is `required`. What is lost is counted, told to `onDropped`, and warned of once.
 *
 * @throws TypeError when an option is wrong
 * @example
 * const sink = createBatchSink({ write: (events, signal) => insertDecisions(events, { signal }) });
 * const { requireScope } = createAgentWrit({ broker, onDecision: sink });
 */
export function createBatchSink(options: BatchSinkOptions): BatchSink {
  assertKnownOptions(options, 'createBatchSink', [
    'write',
    'maxQueued',
    'maxQueuedBytes',
    'maxBatch',
    'required',
    'timeoutMs',
    'retries',
    'onDropped',
  ]);
  const { write, maxQueued = 10_000, maxQueuedBytes = 32 * 1024 * 1024 } = options;
  const { maxBatch = 500, required = false } = options;
  const { timeoutMs = 2000, retries = required ? 0 : 10, onDropped } = options;
  assertFunction(write, 'write');
  assertNumber(maxQueued, 'maxQueued', { min: 2, max: 10_000_000, isWhole: true });
  assertNumber(maxQueuedBytes, 'maxQueuedBytes', { min: 1024, isWhole: true });
  assertNumber(maxBatch, 'maxBatch', { min: 1, isWhole: true });
  assertBoolean(required, 'required');
  assertNumber(timeoutMs, 'timeoutMs', { min: 1, max: 600_000 });
  assertNumber(retries, 'retries', { min: 0, max: 1000, isWhole: true });
  if (onDropped !== undefined) assertFunction(onDropped, 'onDropped');

  const notices = new DropNotices('createBatchSink', onDropped);
  const batches = new Batches<DecisionEvent>({
    write,
    maxQueued,
    maxQueuedBytes,
    sizeOf: sizeOfEvent,
    maxBatch,
    timeoutMs,
    retries,
    isMinor: ({ outcome }) => outcome === 'refuse',
    onDropped: (events, reason, cause) => notices.add(events, reason, cause),
  });
  const sink = (event: DecisionEvent): Promise<void> | undefined => {
    if (required) return batches.commit(event);
    batches.add(event);
    return undefined;
  };
  return Object.assign(sink, {
    isRequired: required,
    stats: () => batches.figures,
    flush: () => batches.flush(),
    async close() {
      await batches.close();
      notices.tell();
    },
  });
}
