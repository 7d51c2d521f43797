// What a guard takes from the runtime that it runs in.

import type { BrokerAddress, BrokerPlace } from './broker-option.js';
import { createInProcessTransport } from './in-process-transport.js';
import type { OperatorTransport, PoolOptions } from './transport.js';

export interface Platform {
  /** Connects to a broker elsewhere. Does nothing yet: it may be called where the program starts. */
  readonly createTransport: (broker: BrokerAddress, options: PoolOptions) => OperatorTransport;
  /**
   * Whether one request may wait for what another has begun, and work go on when its request is over. In a
   * Worker neither is allowed: what a request begins is its own and ends with it, wherever it was.
   */
  readonly sharesWork: boolean;
}

/** Reaches a broker, elsewhere or in this process. Does nothing yet. */
export function reachBroker(
  broker: BrokerPlace,
  { createTransport }: Platform,
  options: PoolOptions,
): OperatorTransport {
  return 'fetch' in broker ? createInProcessTransport(broker) : createTransport(broker, options);
}
