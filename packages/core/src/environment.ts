// The environment in → where the broker is out. Read only where the program asks for it.

import { assertKnownOptions } from '@agentwrit/protocol';
import type { GuardOptions } from './guard-options.js';
import { GUARD_OPTIONS } from './guard-settings.js';

export type Environment = Readonly<Record<string, string | undefined>>;

const BROKER_URL = 'AGENTWRIT_BROKER_URL';

/**
 * A guard's options, with `AGENTWRIT_BROKER_URL` for the broker. For adapters.
 *
 * @param env default: the process' own, where there is one
 * @throws TypeError when it is not set, or the options are none for a guard
 */
export function optionsFromEnv<Request>(
  options: Omit<GuardOptions<Request>, 'broker'> = {},
  env?: Environment,
): GuardOptions<Request> {
  // Before they are copied: a copy has lost what makes them wrong.
  assertKnownOptions(
    options,
    'fromEnv',
    GUARD_OPTIONS.filter((name) => name !== 'broker'),
  );
  return { ...options, broker: brokerFromEnv(env) };
}

function brokerFromEnv(env: Environment = processEnvironment()): string {
  const url = env[BROKER_URL];
  if (url !== undefined && url !== '') return url;
  throw new TypeError(
    `environment variable ${BROKER_URL} is not set: give it the broker's URL, such as "http://127.0.0.1:8080"`,
  );
}

// Some runtimes have no `process`; their bindings come with each request, and are passed in.
function processEnvironment(): Environment {
  const { process } = globalThis as { readonly process?: { readonly env?: Environment } };
  return process?.env ?? {};
}
