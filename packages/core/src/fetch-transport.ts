// Requests to a broker elsewhere in → its answers, by the platform's own `fetch`, out. For every runtime but Node.

import type { BrokerAddress } from './broker-option.js';
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
    async ({ path, maxBytes, ...request }) => {
      // Neither `cache` nor `credentials`: Workers throw on what they do not have, and none of the runtimes that
      // this is for keeps answers or cookies.
      const response = await fetch(base + path, { ...request, redirect: 'manual' });
      return readResponse(response, { maxBytes, signal: request.signal });
    },
    // Nothing of it is ours: calls that are still running end with their signals.
    () => Promise.resolve(),
  );
}
