// Requests to a broker elsewhere in → its answers, by the platform's own `fetch`, out. For every runtime but Node.

import type { BrokerAddress } from './broker-option.js';
import { abortSignalOf } from './call-signal.js';
import { readResponse } from './response-answer.js';
import { operatorTransport, type OperatorTransport } from './transport.js';

/**
 * Connections are the platform's: it keeps as many as it likes, for as long as it likes. A redirect is not
 * followed: it is just a status, 0 where the platform hides which.
 *
 * @throws TypeError when certificates are given
 */
export function createFetchTransport({ url, tls }: BrokerAddress): OperatorTransport {
  if (tls !== undefined) {
    throw new TypeError(
      '"tls" needs Node: here certificates are the business of the platform\'s own fetch. (Is this Node? Then bundle with the condition "node".)',
    );
  }
  const base = url.href.replace(/\/+$/, '');
  return operatorTransport(
    async ({ method, path, headers, body, maxBytes, signal: end }) => {
      const signal = abortSignalOf(end);
      // Neither `cache` nor `credentials`: Workers throw on what they do not have, and none of the runtimes that
      // this is for keeps answers or cookies.
      const request = { method, headers, body, signal, redirect: 'manual' } as const;
      return readResponse(await fetch(base + path, request), { maxBytes, signal });
    },
    // Nothing of it is ours: calls that are still running end with their signals.
    () => Promise.resolve(),
  );
}
