// A call to an API in → its answer out, asked for with a token that was not renewed meanwhile.

import { isLoopback } from '@agentwrit/protocol';
import type { AccessToken } from './access-token.js';
import { AgentWritError } from './errors.js';

export interface TokenSource {
  readonly fetch: typeof globalThis.fetch;
  /** A token that nothing under way is about to kill. */
  readonly current: (signal: AbortSignal | undefined) => Promise<AccessToken>;
}

/** @throws TypeError when the token would be shown to the network, or the call says who calls itself */
export function assertSendable(
  input: unknown,
  init: RequestInit,
  { allowInsecureHttp }: { readonly allowInsecureHttp: boolean },
): void {
  const text = input instanceof Request ? input.url : String(input);
  if (!URL.canParse(text)) throw new TypeError('fetch takes an absolute URL');
  const { protocol, hostname } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:') {
    throw new TypeError(`fetch takes an http: or https: URL, got ${protocol}`);
  }
  if (protocol === 'http:' && !isLoopback(hostname) && !allowInsecureHttp) {
    throw new TypeError(
      'fetch over plain http: would show the token to the network (set "allowInsecureHttp" to accept that)',
    );
  }
  if (headersOf(input, init).has('authorization')) {
    throw new TypeError('fetch sets "authorization" itself: leave it out');
  }
}

/** @returns the API's answer; the second when the first was 401 and the token another by then */
export async function authorizedFetch(
  input: string | URL | Request,
  init: RequestInit,
  { fetch, current }: TokenSource,
): Promise<Response> {
  const signal = init.signal ?? (input instanceof Request ? input.signal : undefined);
  const attempt = (target: string | URL | Request, token: AccessToken): Promise<Response> => {
    const headers = headersOf(input, init);
    headers.set('authorization', token.bearerHeader.authorization);
    return fetch(target, { ...init, headers });
  };
  const used = await current(signal);
  if (isStream(init.body)) return attempt(input, used);
  // A request's body can be read once; what is not read of the copy is kept for the second time.
  const answer = await attempt(input instanceof Request ? input.clone() : input, used);
  if (answer.status !== 401) return answer;
  const fresh = await currentAfter(answer, () => current(signal));
  if (fresh === undefined || fresh === used) return answer;
  // The connection is free again once nobody wants to read the refusal.
  await answer.body?.cancel();
  return attempt(input, fresh);
}

/** A token that was released meanwhile has no successor: the refusal is the answer. */
async function currentAfter(
  answer: Response,
  current: () => Promise<AccessToken>,
): Promise<AccessToken | undefined> {
  try {
    return await current();
  } catch (error) {
    if (error instanceof AgentWritError && error.code === 'released') return undefined;
    await answer.body?.cancel();
    throw error;
  }
}

/** As the platform has it: those of `init` stand in place of the request's. */
function headersOf(input: unknown, init: RequestInit): Headers {
  return new Headers(init.headers ?? (input instanceof Request ? input.headers : undefined));
}

function isStream(body: unknown): boolean {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}
