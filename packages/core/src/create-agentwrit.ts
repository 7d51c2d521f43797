// A broker in → one guard in its fetch form out.

import { brokerFromEnv, type Environment } from './environment.js';
import { type FetchAgentWrit, guardFetch } from './fetch-agentwrit.js';
import { createGuard } from './guard.js';
import type { GuardOptions } from './guard-options.js';

/**
 * Makes a guard for handlers `(Request) => Response`: one cache, one pool of connections to the broker.
 *
 * @throws TypeError naming the option that is wrong and what is allowed
 * @example
 * const { withScope } = createAgentWrit({ broker: 'http://127.0.0.1:8080', audience: 'orders' });
 */
export function createAgentWrit(options: GuardOptions<Request>): FetchAgentWrit {
  return guardFetch(createGuard(options));
}

/**
 * The same, with the broker from `AGENTWRIT_BROKER_URL`.
 *
 * @throws TypeError when that is not set
 */
export function fromEnv(
  options: Omit<GuardOptions<Request>, 'broker'> = {},
  env?: Environment,
): FetchAgentWrit {
  return createAgentWrit({ ...options, broker: brokerFromEnv(env) });
}
