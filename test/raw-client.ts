// An exchange as it stands on the wire in → the whole answer out, over a connection of its own.

import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';

export interface Exchange {
  readonly method: string;
  /** As it stands in the request line. */
  readonly target: string;
  /** Repeated names allowed. */
  readonly headers: readonly (readonly [string, string])[];
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** Sends to a port of 127.0.0.1. */
export async function send(port: number, { method, target, headers }: Exchange): Promise<Answer> {
  const request = httpRequest({
    host: '127.0.0.1',
    port,
    method,
    path: target,
    headers: ['Host', 'localhost', 'Content-Length', '0', ...headers.flat()],
    agent: false,
  });
  request.end();
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of answer) body += String(chunk);
  return {
    status: answer.statusCode ?? 0,
    headers: Object.fromEntries(
      Object.entries(answer.headers).map(([name, value]) => [name, value?.toString()]),
    ),
    body,
  };
}
