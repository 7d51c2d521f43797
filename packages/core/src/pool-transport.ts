// Requests to a broker elsewhere in → its answers, over connections that are kept, out. For Node: the only file
// that needs it.

import { assertUsableTls } from '@agentwrit/protocol/node';
import { Pool } from 'undici';
import type { BrokerAddress } from './broker-option.js';
import { PooledAnswer } from './pooled-answer.js';
import { operatorTransport, type OperatorTransport, type PoolOptions } from './transport.js';

/**
 * A keep-alive pool of connections to one broker. Redirects are not followed: they are just a status.
 *
 * @throws TypeError when the certificates cannot be used
 */
export function createPoolTransport(
  { url, tls }: BrokerAddress,
  { connections, timeoutMs }: PoolOptions,
): OperatorTransport {
  if (tls !== undefined) assertUsableTls(tls);
  const pool = new Pool(url.origin, {
    connections,
    connect: { timeout: timeoutMs, ...tls },
    // Each call has a deadline already, over all of it.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const basePath = url.pathname.replace(/\/+$/, '');
  return operatorTransport(
    ({ method, path, headers, body, maxBytes, signal }) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const answer = new PooledAnswer({ maxBytes, signal, resolve, reject });
        pool.dispatch({ method, path: basePath + path, headers, body }, answer);
      }),
    // Calls that are still running are given up: their callers are answered 503, not kept waiting.
    () => pool.destroy(),
  );
}
