// A call in → the same call, which ends in a fault when its time is over or when it is told to, out.

import { unref } from './background-timer.js';
import { BrokerFault } from './fault.js';

export interface Deadline {
  readonly signal: AbortSignal;
  /** Rejects when the time is over, never resolves. */
  readonly passed: Promise<never>;
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
  /** Ends each running call with a fault. */
  readonly #running = new Set<(fault: BrokerFault) => void>();

  constructor(options: DeadlinesOptions) {
    this.#options = options;
  }

  get timeoutMs(): number {
    return this.#options.timeoutMs;
  }

  async run<T>(call: (deadline: Deadline) => Promise<T>): Promise<T> {
    const { timeoutMs, isBackground, canBeEnded } = this.#options;
    const controller = new AbortController();
    let giveUp: (fault: BrokerFault) => void = () => undefined;
    const passed = new Promise<never>((_, reject) => {
      giveUp = (fault) => {
        reject(fault);
        controller.abort(fault);
      };
    });
    if (canBeEnded) this.#running.add(giveUp);
    const timer = setTimeout(
      () => giveUp(new BrokerFault('timeout', `no whole answer within ${timeoutMs} ms`)),
      timeoutMs,
    );
    if (isBackground) unref(timer);
    try {
      // A race and not only the signal: a broker object in this process need not listen to it.
      return await Promise.race([call({ signal: controller.signal, passed }), passed]);
    } finally {
      clearTimeout(timer);
      this.#running.delete(giveUp);
    }
  }

  endAll(fault: BrokerFault): void {
    for (const giveUp of this.#running) giveUp(fault);
  }
}
