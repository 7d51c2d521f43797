// Options of what makes agents in → how its agents reach broker and APIs out.

import { assertFunction } from '@agentwrit/protocol';
import { Broker } from './broker.js';
import { CONNECTION_EXTRAS, CONNECTION_OPTIONS, type ConnectionOptions } from './transport.js';

/** What agents talk to, and how. */
export interface Surroundings {
  readonly broker: Broker;
  /** For calls to APIs. */
  readonly fetch: typeof globalThis.fetch;
  readonly allowInsecureHttp: boolean;
}

export interface ReachOptions extends ConnectionOptions {
  /** For `agent.fetch()` in place of the platform's, such as one with a client certificate for the APIs. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

const REACH_OPTIONS: readonly (keyof ReachOptions)[] = [...CONNECTION_OPTIONS, 'fetch'];

/** All but where the broker is. */
export const REACH_EXTRAS: readonly string[] = [...CONNECTION_EXTRAS, 'fetch'];

/**
 * @param assertKnown gets the names of these options, before anything is made of them
 * @throws TypeError naming the option that is wrong or unknown
 */
export function reach(
  options: ReachOptions,
  assertKnown: (names: readonly string[]) => void,
): Surroundings {
  assertKnown(REACH_OPTIONS);
  const { fetch, ...connection } = options;
  if (fetch !== undefined) assertFunction(fetch, 'fetch');
  return {
    broker: new Broker(connection),
    // Looked up at each call, as the program's own would be: it may be replaced, by a test or a tracer.
    fetch: fetch ?? ((...args) => globalThis.fetch(...args)),
    allowInsecureHttp: connection.allowInsecureHttp ?? false,
  };
}
