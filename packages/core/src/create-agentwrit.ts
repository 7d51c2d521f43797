// A broker in → one guard in its fetch form out.

import { optionsFromEnv, type Environment } from './environment.js';
import { type FetchAgentWrit, guardFetch } from './fetch-agentwrit.js';
import type { CreateGuard } from './guard.js';
import type { GuardOptions } from './guard-options.js';

export type CreateAgentWrit = (options: GuardOptions<Request>) => FetchAgentWrit;

/** @param env default: the process' own, where there is one */
export type FromEnv = (
  options?: Omit<GuardOptions<Request>, 'broker'>,
  env?: Environment,
) => FetchAgentWrit;

/** `createAgentWrit`, over the guards of a platform. */
export function agentWritOn(createGuard: CreateGuard): CreateAgentWrit {
  return (options) => guardFetch(createGuard(options));
}

/** `fromEnv`, over the guards of a platform. */
export function fromEnvOn(createGuard: CreateGuard): FromEnv {
  return (options, env) => guardFetch(createGuard(optionsFromEnv(options, env)));
}
