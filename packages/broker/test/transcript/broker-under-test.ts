// Options in → a broker on a real socket whose every answer is compared whole, from the status line to the
// last byte, and whose clock stands still until a test moves it.

import { expect, onTestFinished } from 'vitest';
import { type BrokerOptions, createBroker } from '../../src/index.js';
import { type Asked, type Expectation, wholeText } from './wire-text.js';
import { forge, VECTOR_PEM } from './own-jwt.js';
import { notice } from './problems-seen.js';
import { exchange } from './raw-client.js';

/** 2026-02-15T12:00:00Z */
export const NOON_MS = Date.UTC(2026, 1, 15, 12);
export const NOON: number = NOON_MS / 1000;
export const ADMIN_SECRET = 'an-operator-secret-for-tests';
export const ADMIN_SCOPES: readonly string[] = [
  'admin:launch-tokens:*',
  'admin:revoke:*',
  'admin:audit:*',
];

export interface Given {
  readonly token?: string;
  /** Name and value as they go onto the wire. */
  readonly headers?: readonly (readonly [string, string])[];
  /** Text and bytes are sent as they are, anything else as JSON. */
  readonly body?: unknown;
  /** `null` sends none. Default: a fixed one. */
  readonly requestId?: string | null;
  /** Sends the body in chunks, without its length. */
  readonly isChunked?: boolean;
}

export interface Got {
  readonly status: number;
  /** The whole response as received. */
  readonly text: string;
  readonly body: string;
  /** A text member of the JSON body. */
  readonly member: (name: string) => string;
}

export interface BrokerUnderTest {
  /** Epoch milliseconds, the broker's clock. */
  readonly now: () => number;
  readonly advance: (seconds: number) => void;
  /** Every reading the clock has had, in the text of audit events. */
  readonly readings: ReadonlySet<string>;
  /** A token with all admin scopes that no login had to leave traces for. */
  readonly operator: string;
  /**
   * Sends `METHOD target` and compares the whole response; without an expectation it only must succeed.
   */
  readonly call: (line: string, given?: Given, expected?: Expectation) => Promise<Got>;
  /** Sends bytes that {@link Given} has no words for. */
  readonly send: (
    line: string,
    bytes: Buffer,
    expected: Expectation,
    thenEnd?: boolean,
  ) => Promise<Got>;
}

const REQUEST_ID = 'transcript-1';

export async function startBroker(options: BrokerOptions = {}): Promise<BrokerUnderTest> {
  let now = NOON_MS;
  const readings = new Set([timestamp(now)]);
  const broker = createBroker({
    adminSecret: ADMIN_SECRET,
    bcryptCost: 4,
    signingKey: VECTOR_PEM,
    clock: () => now,
    ...options,
  });
  const { port } = await broker.listen();
  onTestFinished(() => broker.close());

  const ask = async (
    asked: Asked,
    bytes: Buffer,
    expected?: Expectation,
    thenEnd = false,
  ): Promise<Got> => {
    const isHead = asked.method === 'HEAD';
    const raw = await exchange(port, { bytes, isHead, thenEnd });
    const body = raw.body.toString();
    const text = `${raw.head}\r\n${body}`;
    const status = Number(text.slice(9, 12));
    notice(asked, status, text, body);
    if (expected) expect(text).toBe(wholeText(expected, asked, { text, body }));
    else if (status >= 300) throw new Error(`${asked.method} ${asked.target}: ${text}`);
    return { status, text, body, member: (name) => member(body, name) };
  };

  return {
    now: () => now,
    advance(seconds) {
      now += seconds * 1000;
      readings.add(timestamp(now));
    },
    readings,
    operator: forge({
      iss: options.issuer ?? '',
      sub: 'admin',
      ...(options.audience !== undefined && { aud: [options.audience] }),
      exp: NOON + 1e9,
      nbf: NOON,
      iat: NOON,
      jti: 'operator',
      scope: ADMIN_SCOPES,
    }),
    call(line, given = {}, expected) {
      const asked = askedOf(line, given);
      return ask(asked, requestBytes(asked, given), expected);
    },
    send: (line, bytes, expected, thenEnd) => ask(askedOf(line, {}), bytes, expected, thenEnd),
  };
}

/** RFC 3339 with the milliseconds that are not zero (protocol §3.8). */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.?0*Z$/, 'Z');
}

/** The head of a request that {@link BrokerUnderTest.send} takes, body and lengths to be added. */
export function requestHead(line: string, ...headers: readonly string[]): string {
  const lines = [`${line} HTTP/1.1`, 'Host: broker.test', `X-Request-ID: ${REQUEST_ID}`];
  return `${[...lines, ...headers].join('\r\n')}\r\n\r\n`;
}

// To see that no body follows, the connection has to end.
const BODILESS = /^HEAD |^POST \/v1\/token\/release$/;

function askedOf(line: string, { requestId = REQUEST_ID }: Given): Asked {
  const [method = '', target = ''] = line.split(' ');
  return { method, target, requestId: requestId ?? '⟨hex16⟩', closes: BODILESS.test(line) };
}

function requestBytes(asked: Asked, { token, headers = [], body, ...given }: Given): Buffer {
  const bytes = bodyBytes(body);
  const lines = [`${asked.method} ${asked.target} HTTP/1.1`, 'Host: broker.test'];
  if (given.requestId !== null) lines.push(`X-Request-ID: ${asked.requestId}`);
  if (token !== undefined) lines.push(`Authorization: Bearer ${token}`);
  for (const [name, value] of headers) lines.push(`${name}: ${value}`);
  if (asked.closes) lines.push('Connection: close');
  if (given.isChunked) lines.push('Transfer-Encoding: chunked');
  else if (bytes !== undefined) lines.push(`Content-Length: ${bytes.length}`);
  const sent = given.isChunked ? chunked(bytes ?? Buffer.alloc(0)) : bytes;
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), sent ?? Buffer.alloc(0)]);
}

function bodyBytes(body: unknown): Buffer | undefined {
  if (body === undefined || Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

// In pieces that are no power of two, so that no border falls where a reader might like it.
function chunked(bytes: Buffer, size = 100_003): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'));
  }
  return Buffer.concat([...pieces, Buffer.from('0\r\n\r\n')]);
}

function member(body: string, name: string): string {
  const value: unknown = JSON.parse(body);
  const found = value !== null && typeof value === 'object' ? Object.entries(value) : [];
  const text: unknown = found.find(([key]) => key === name)?.[1];
  if (typeof text !== 'string') throw new Error(`no text "${name}" in ${body}`);
  return text;
}
