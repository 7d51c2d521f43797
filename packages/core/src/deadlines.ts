// A call in → the same call, which ends in a fault when its time is over or when it is told to, out.

import { unref } from './background-timer.js';
import { type CallSignal, LightSignal } from './call-signal.js';
import { BrokerFault } from './fault.js';

/** The time of one call, from the moment it was made. */
export interface Deadline {
  /** Aborted with a fault when the time is over. */
  readonly signal: CallSignal;
  /**
   * The same work, except that it ends with the time: whoever does it need not listen to the signal, as a broker
   * object in this process may not.
   */
  readonly race: <T>(work: Promise<T>) => Promise<T>;
  /** The call has ended by itself. */
  readonly end: () => void;
}

export interface DeadlinesOptions {
  readonly timeoutMs: number;
  /** Nobody waits for the calls: they keep no process alive. */
  readonly isBackground: boolean;
  /** Whether {@link Deadlines.endAll} reaches them. Each call is kept for that until it ends. */
  readonly canBeEnded: boolean;
}

export class Deadlines {
  readonly #options: DeadlinesOptions;
  readonly #running = new Set<LightSignal>();

  constructor(options: DeadlinesOptions) {
    this.#options = options;
  }

  get timeoutMs(): number {
    return this.#options.timeoutMs;
  }

  /** For one call, which must end it. */
  begin(): Deadline {
    const { timeoutMs, isBackground, canBeEnded } = this.#options;
    const signal = new LightSignal();
    const timer = setTimeout(
      () => signal.abort(new BrokerFault('timeout', `no whole answer within ${timeoutMs} ms`)),
      timeoutMs,
    );
    if (isBackground) unref(timer);
    if (canBeEnded) this.#running.add(signal);
    return {
      signal,
      race: (work) => race(work, signal),
      end: () => {
        clearTimeout(timer);
        this.#running.delete(signal);
      },
    };
  }

  async run<T>(call: (deadline: Deadline) => Promise<T>): Promise<T> {
    const deadline = this.begin();
    try {
      return await deadline.race(call(deadline));
    } finally {
      deadline.end();
    }
  }

  endAll(fault: BrokerFault): void {
    for (const signal of this.#running) signal.abort(fault);
  }
}

function race<T>(work: Promise<T>, signal: CallSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(signal.reason);
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp);
    work.then(resolve, reject);
  });
}
