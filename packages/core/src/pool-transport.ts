// Requests to a broker elsewhere in → its answers, over connections that are kept, out. For Node: the only file
// that needs it.

import { assertUsableTls } from '@agentwrit/protocol/node';
import { Pool } from 'undici';
import { AnswerText } from './answer-text.js';
import type { BrokerAddress } from './broker-option.js';
import { abortSignalOf } from './call-signal.js';
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
  });
  const basePath = url.pathname.replace(/\/+$/, '');
  return operatorTransport(
    async ({ path, maxBytes, signal, ...request }) => {
      const answer = await pool.request({
        path: basePath + path,
        signal: abortSignalOf(signal),
        ...request,
      });
      const text = new AnswerText(maxBytes);
      // Leaving the loop ends the stream, so the rest of too much is not read.
      for await (const chunk of answer.body as AsyncIterable<Uint8Array>) text.add(chunk);
      return {
        status: answer.statusCode,
        contentType: single(answer.headers['content-type']) ?? '',
        retryAfter: single(answer.headers['retry-after']),
        body: text.read(),
      };
    },
    // Calls that are still running are given up: their callers are answered 503, not kept waiting.
    () => pool.destroy(),
  );
}

function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}
