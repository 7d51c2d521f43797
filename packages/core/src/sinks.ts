// What a program wants told of decisions in → who is told, and who has to have it on record first, out.

import {
  assertBoolean,
  assertFunction,
  type DecisionEvent,
  type DecisionSink,
} from '@agentwrit/protocol';
import { channel } from './channel.js';
import { isThenable } from './settled.js';
import { Warnings } from './warnings.js';

/** `diagnostics_channel` name on which every guard of the process publishes its {@link DecisionEvent}s. */
export const DECISION_CHANNEL = 'agentwrit:decision';

const decisions = channel(DECISION_CHANNEL);

const warnings = new Warnings('AGENTWRIT_SINK_FAILED');

/**
 * @param given one sink, several, or none
 * @throws TypeError when that is something else
 */
export function readSinks(given: unknown): readonly DecisionSink[] {
  if (given === undefined) return [];
  const isList = Array.isArray(given);
  const sinks: readonly unknown[] = isList ? given : [given];
  if (sinks.length === 0) {
    throw new TypeError('"onDecision" must be a function, or an array of at least one');
  }
  return sinks.map((sink, index) => readSink(sink, isList ? `onDecision[${index}]` : 'onDecision'));
}

function readSink(sink: unknown, name: string): DecisionSink {
  assertFunction(sink, name);
  const checked = sink as DecisionSink;
  // Whoever says "yes" must not get a guard that waits for nothing.
  assertBoolean(checked.isRequired ?? false, `${name}.isRequired`);
  return checked;
}

/** Why a decision is not on record. */
export type RecordFault = 'record_failed' | 'record_timeout' | 'nothing_promised';

/** A guard's sinks, and whoever listens on the channel. Nothing a sink does is thrown from here. */
export class Sinks {
  readonly #all: readonly DecisionSink[];
  readonly #required: readonly DecisionSink[];
  readonly #others: readonly DecisionSink[];
  readonly #timeoutMs: number;

  /** @param recordTimeoutMs how long a request waits until it is on record */
  constructor(sinks: readonly DecisionSink[], recordTimeoutMs: number) {
    // Looked at once: no sink stops being required while the guard is in use.
    const isRequired = new Set(sinks.filter((sink) => sink.isRequired === true));
    this.#all = sinks;
    this.#required = [...isRequired];
    this.#others = sinks.filter((sink) => !isRequired.has(sink));
    this.#timeoutMs = recordTimeoutMs;
  }

  /** Whether anybody would receive an event: making one is not free. */
  get isObserved(): boolean {
    return this.#all.length > 0 || decisions.hasSubscribers;
  }

  /** Whether a request proceeds only when it is on record. */
  get isRequired(): boolean {
    return this.#required.length > 0;
  }

  /** Tells everybody. Nobody is waited for. */
  tell(event: DecisionEvent): void {
    decisions.publish(event);
    for (const sink of this.#all) deliver(sink, event);
  }

  /** Tells those that {@link record} has not told. */
  tellOthers(event: DecisionEvent): void {
    decisions.publish(event);
    for (const sink of this.#others) deliver(sink, event);
  }

  /**
   * Puts an event on record with every required sink.
   *
   * @returns when all of them have it, or what is in the way. Never rejects.
   */
  record(event: DecisionEvent): Promise<RecordFault | undefined> {
    return new Promise((resolve) => {
      // Let go of when it is over: a promise that is never kept must not hold on to the request.
      let whenOver: typeof resolve | undefined = resolve;
      const timer = setTimeout(() => end('record_timeout'), this.#timeoutMs);
      const end = (fault: RecordFault | undefined): void => {
        clearTimeout(timer);
        const tell = whenOver;
        whenOver = undefined;
        tell?.(fault);
        if (tell !== undefined && fault !== undefined) warnings.warn(WARNINGS[fault]);
      };
      void this.#keep(event, end);
    });
  }

  /** Awaited one by one: nothing that a program has done to promises makes one look kept. */
  async #keep(event: DecisionEvent, end: (fault: RecordFault | undefined) => void): Promise<void> {
    for (const pending of this.#required.map((sink) => keep(sink, event))) {
      const fault = await pending;
      if (fault !== undefined) {
        end(fault);
        return;
      }
    }
    end(undefined);
  }
}

const WARNINGS: Readonly<Record<RecordFault, string>> = {
  record_failed: 'a required decision sink failed: requests it has no record of are refused',
  record_timeout: 'a required decision sink is too slow: requests it has no record of are refused',
  nothing_promised:
    'a required decision sink must return a promise, kept when the decision is on record: requests are refused',
};

/** Tells a sink at once. Never rejects. */
async function keep(sink: DecisionSink, event: DecisionEvent): Promise<RecordFault | undefined> {
  try {
    const kept = sink(event);
    // A function that forgets to return its promise would let everything in, on no record at all.
    if (!isThenable(kept)) return 'nothing_promised';
    await kept;
    return undefined;
  } catch {
    return 'record_failed';
  }
}

function deliver(sink: DecisionSink, event: DecisionEvent): void {
  try {
    // Adopts any thenable, of whatever library or realm.
    Promise.resolve(sink(event)).catch(warn);
  } catch (error) {
    warn(error);
  }
}

function warn(error: unknown): void {
  // Only its kind: the message may hold anything, and even a name can be a getter that throws.
  const kind = error instanceof Error ? 'an error' : `a ${typeof error}`;
  warnings.warn(`a decision sink failed with ${kind}; decisions are not affected`);
}
