// Bodies of every size and breakage in → 413, 400, or the answer of the route out (protocol §1.6, §1.1).

import { describe, it } from 'vitest';
import { requestHead, startBroker } from './broker-under-test.js';
import { producesItsRowsOf } from './problems-seen.js';
import { bareProblem, json, plain, problem } from './wire-text.js';

const CAP = 1_048_576;
const TOO_LARGE = bareProblem(413, 'payload_too_large', 'request body must not exceed 1 MB');
const UNREADABLE = bareProblem(400, 'invalid_request', 'failed to read request body');
const NOT_FOUND = plain(404, '404 page not found\n');
const WRONG_METHOD = plain(405, 'Method Not Allowed\n', { Allow: 'GET, HEAD' });
const UNAUTHORIZED = problem(401, 'unauthorized', 'missing authorization header');
const INVALID = json(200, { valid: false, error: 'token is invalid or expired' });
const CHALLENGE = json(200, { nonce: '⟨hex64⟩', expires_in: 30 });

// A JSON body of exactly this many bytes.
const tokenOf = (bytes: number): string => `{"token":"${'x'.repeat(bytes - 12)}"}`;

describe('a body of 1 048 576 bytes', () => {
  it.each([
    { line: 'POST /v1/token/validate', expected: INVALID },
    { line: 'GET /v1/challenge', expected: CHALLENGE },
    { line: 'POST /v1/revoke', expected: UNAUTHORIZED },
    { line: 'PUT /v1/health', expected: WRONG_METHOD },
    { line: 'POST /nothing', expected: NOT_FOUND },
  ])('is let through to $line', async ({ line, expected }) => {
    const broker = await startBroker();
    await broker.call(line, { body: tokenOf(CAP) }, expected);
    await broker.call(line, { body: tokenOf(CAP), isChunked: true }, expected);
  });
});

describe('one byte more', () => {
  it.each([
    'POST /v1/token/validate',
    'GET /v1/challenge',
    'POST /v1/revoke',
    'PUT /v1/health',
    'DELETE /v1/admin/apps/%3Cx%3E?q',
    'POST /nothing',
    'OPTIONS //v1/health',
    'POST /v1/admin/auth',
    'HEAD /v1/health',
  ])('is too large before anything else is looked at: %s', async (line) => {
    const broker = await startBroker();
    await broker.call(line, { body: tokenOf(CAP + 1) }, TOO_LARGE);
    await broker.call(line, { body: tokenOf(CAP + 1), isChunked: true }, TOO_LARGE);
  });

  it('takes no token from the rate limit', async () => {
    const broker = await startBroker();
    for (let count = 0; count < 11; count += 1) {
      await broker.call('POST /v1/admin/auth', { body: tokenOf(CAP + 1) }, TOO_LARGE);
    }
    const wrong = problem(401, 'unauthorized', 'invalid credentials');
    await broker.call('POST /v1/admin/auth', { body: { secret: 'x' } }, wrong);
  });
});

describe('a small body where none is expected', () => {
  it('is read over', async () => {
    const broker = await startBroker();
    await broker.call('GET /v1/challenge', { body: '{"nonce":' }, CHALLENGE);
    await broker.call('GET /v1/challenge', { body: 'x', isChunked: true }, CHALLENGE);
    await broker.call('DELETE /v1/challenge', { body: 'x' }, WRONG_METHOD);
  });
});

describe('a body that cannot be read', () => {
  it('is refused when a chunk has no size, before anything else is looked at', async () => {
    const broker = await startBroker();
    const lines = ['POST /v1/token/validate', 'GET /v1/health', 'POST /v1/revoke', 'POST /nothing'];
    const spoil = async (line: string, chunks: string): Promise<void> => {
      const head = requestHead(line, 'Transfer-Encoding: chunked');
      await broker.send(line, Buffer.from(`${head}${chunks}`), UNREADABLE);
    };
    // All at once: a broker may keep such a connection for a moment after its answer.
    await Promise.all(
      lines.flatMap((line) => [
        spoil(line, 'zz\r\n{}\r\n0\r\n\r\n'),
        spoil(line, '2\r\n{}\r\n?\r\n'),
      ]),
    );
  });

  it('is refused when the client stops in the middle of it', async () => {
    const broker = await startBroker();
    const line = 'POST /v1/token/validate';
    const announced = `${requestHead(line, 'Content-Length: 20')}{"token"`;
    const chunked = `${requestHead(line, 'Transfer-Encoding: chunked')}8\r\n{"token"\r\n`;
    await Promise.all(
      [announced, chunked].map((text) => broker.send(line, Buffer.from(text), UNREADABLE, true)),
    );
  });
});

producesItsRowsOf('body-cap');
