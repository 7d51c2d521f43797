// What a guard takes from the runtime that it runs in.

import { createInProcessTransport } from './in-process-transport.js';
import type { InProcessBroker, OperatorTransport, PoolOptions } from './transport.js';

export interface Platform {
  /** Connects to a broker elsewhere. Does nothing yet: it may be called where the program starts. */
  readonly createTransport: (brokerUrl: URL, options: PoolOptions) => OperatorTransport;
  /**
   * Whether one request may wait for what another has begun, and work go on when its request is over. In a
   * Worker neither is allowed: what a request begins is its own and ends with it, wherever it was.
   */
  readonly sharesWork: boolean;
}

/** Reaches a broker, elsewhere or in this process. Does nothing yet. */
export function reachBroker(
  broker: URL | InProcessBroker,
  { createTransport }: Platform,
  options: PoolOptions,
): OperatorTransport {
  return broker instanceof URL
    ? createTransport(broker, options)
    : createInProcessTransport(broker);
}
