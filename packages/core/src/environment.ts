// The environment in → where the broker is out. Read only where the program asks for it.

export type Environment = Readonly<Record<string, string | undefined>>;

const BROKER_URL = 'AGENTWRIT_BROKER_URL';

/**
 * `AGENTWRIT_BROKER_URL`, for the option `broker`.
 *
 * @param env default: the process' own, where there is one
 * @throws TypeError when it is not set
 */
export function brokerFromEnv(env: Environment = processEnvironment()): string {
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
