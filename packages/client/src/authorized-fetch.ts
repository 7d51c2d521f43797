// A call to an API in → its answer out, asked for with a token that was not renewed meanwhile.

import { isLoopback } from '@agentwrit/protocol';
import type { AccessToken } from './access-token.js';
import { AgentWritError } from './errors.js';

export interface TokenSource {
  readonly fetch: typeof globalThis.fetch;
  /** One that can be had soon: a renewal under way may be about to kill it. */
  readonly soon: (signal: AbortSignal | undefined) => Promise<AccessToken>;
  /** A token that nothing under way is about to kill. */
  readonly current: (signal: AbortSignal | undefined) => Promise<AccessToken>;
}

/** What is to be sent but for the token, as it was when it was looked at. */
export interface ApiCall {
  readonly target: string | Request;
  readonly headers: Headers;
  readonly init: RequestInit;
}

// What the platform reads of `init` by name, and so from a prototype too: from a `Request` in its place, say.
const INIT_MEMBERS = [
  'body',
  'cache',
  'credentials',
  'dispatcher',
  'duplex',
  'integrity',
  'keepalive',
  'method',
  'mode',
  'priority',
  'redirect',
  'referrer',
  'referrerPolicy',
  'signal',
  'window',
];

/**
 * Reads everything once: a URL object that is changed while a renewal is waited for does not lead the token
 * elsewhere, and headers that can be gone through only once are not lost.
 *
 * @throws TypeError when the token would be shown to the network, or the call says who calls itself
 */
export function readApiCall(
  input: unknown,
  init: RequestInit,
  { allowInsecureHttp }: { readonly allowInsecureHttp: boolean },
): ApiCall {
  const text = input instanceof Request ? input.url : String(input);
  if (!URL.canParse(text)) throw new TypeError('fetch takes an absolute URL');
  const { protocol, hostname, username, password, href } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:') {
    throw new TypeError(`fetch takes an http: or https: URL, got ${protocol}`);
  }
  // The platform refuses it too, but quotes the password.
  if (username !== '' || password !== '') {
    throw new TypeError('fetch takes a URL without a user name and password');
  }
  if (protocol === 'http:' && !isLoopback(hostname) && !allowInsecureHttp) {
    throw new TypeError(
      'fetch over plain http: would show the token to the network (set "allowInsecureHttp" to accept that)',
    );
  }
  // As the platform has it: those of `init` stand in place of the request's.
  const headers = new Headers(
    init.headers ?? (input instanceof Request ? input.headers : undefined),
  );
  if (headers.has('authorization')) {
    throw new TypeError('fetch sets "authorization" itself: leave it out');
  }
  return { target: input instanceof Request ? input : href, headers, init: copyOf(init) };
}

/** @returns the API's answer; the second when the first was 401 and the token another by then */
export async function authorizedFetch(
  { target, headers, init }: ApiCall,
  { fetch, soon, current }: TokenSource,
): Promise<Response> {
  const signal = signalOf(target, init);
  const attempt = (to: string | Request, token: AccessToken): Promise<Response> => {
    const sent = new Headers(headers);
    sent.set('authorization', token.bearerHeader.authorization);
    return fetch(to, { ...init, headers: sent });
  };
  if (isStream(init.body)) return attempt(target, await current(signal));
  const used = await soon(signal);
  // A request's body can be read once; what is not read of the copy is kept for the second time.
  const answer = await attempt(target instanceof Request ? target.clone() : target, used);
  if (answer.status !== 401) return answer;
  // The refusal came from where a redirect led, and whatever redirected may have done what it was asked for.
  if (answer.redirected && !isSafe(target, init)) return answer;
  const fresh = await currentAfter(answer, () => current(signal));
  if (fresh === undefined || fresh === used) return answer;
  // The connection is free again once nobody wants to read the refusal.
  await answer.body?.cancel();
  return attempt(target, fresh);
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

function copyOf(init: RequestInit): RequestInit {
  const members = INIT_MEMBERS.map((name): [string, unknown] => [name, Reflect.get(init, name)]);
  const given = members.filter(([, value]) => value !== undefined);
  return { ...init, ...Object.fromEntries(given) };
}

/** As the platform has it: a signal of `init` stands in place of the request's, also when it is none. */
function signalOf(target: string | Request, { signal }: RequestInit): AbortSignal | undefined {
  if (signal !== undefined) return signal ?? undefined;
  return target instanceof Request ? target.signal : undefined;
}

/** Whether doing it twice is as good as once (RFC 9110 §9.2.1). */
function isSafe(target: string | Request, init: RequestInit): boolean {
  const method = init.method ?? (target instanceof Request ? target.method : 'GET');
  return ['GET', 'HEAD', 'OPTIONS'].includes(method.toUpperCase());
}

function isStream(body: unknown): boolean {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}
