// Whatever a caller puts into its headers, and whatever a broker answers: nothing throws, and nobody is admitted
// whom the broker has not vouched for.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGuard, type GuardAnswer, readAuthorization } from '../src/index.js';
import {
  claimsOf,
  FakeClock,
  json,
  requestWith,
  ScriptedBroker,
  tokenOf,
  vouch,
} from './fixtures.js';

const good = tokenOf();
const RUNS = 2_000;

const asciiOrNot = fc.oneof(fc.string(), fc.string({ unit: 'binary' }));

/** The good token with something done to it. */
const nearToken = fc
  .tuple(fc.nat(good.length), fc.nat(3), asciiOrNot)
  .map(([at, cut, text]) => good.slice(0, at) + text + good.slice(at + cut));

const headerValue = fc.oneof(
  asciiOrNot,
  asciiOrNot.map((text) => `Bearer ${text}`),
  nearToken.map((token) => `Bearer ${token}`),
  fc.tuple(asciiOrNot, fc.constantFrom(good, `Bearer ${good}`)).map((parts) => parts.join('')),
  fc
    .tuple(fc.constantFrom('Bearer', 'bearer', 'BEARER '), asciiOrNot)
    .map((p) => p.join(` ${good}`)),
);

describe('hostile headers', () => {
  it('never throw, never admit, and never reach the broker with anything but one b64token', async () => {
    const broker = new ScriptedBroker((token) =>
      token === good ? vouch(token) : json({ valid: false, error: 'no' }),
    );
    const guard = createGuard({ broker, clock: new FakeClock() });
    const check = guard.requireScope('read:data:7');
    const authorization = fc.oneof(headerValue, fc.array(headerValue, { maxLength: 3 }));
    await fc.assert(
      fc.asyncProperty(authorization, async (authorization) => {
        const answer = await check(requestWith('', { authorization }));
        const values = [authorization].flat();
        // Exactly the token, behind exactly the scheme, exactly once.
        const isGood =
          values.length === 1 &&
          /^bearer +/i.exec(values[0] ?? '') !== null &&
          values[0]?.replace(/^bearer +/i, '') === good;
        expect(answer.outcome).toBe(isGood ? 'allow' : 'refuse');
        if (answer.outcome === 'refuse') expect([400, 401]).toContain(answer.refusal.status);
      }),
      { numRuns: RUNS },
    );
    for (const { token } of broker.calls) expect(token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]{86}$/);
    await guard.close();
  });

  it('never throw when Node reads them, and two values never become one', () => {
    const name = fc.oneof(
      fc.string(),
      fc.constantFrom('authorization', 'Authorization', 'AUTHORIZATION'),
    );
    const raw = fc.array(fc.oneof(name, headerValue, fc.anything()), { maxLength: 12 });
    fc.assert(
      fc.property(raw, fc.option(headerValue, { nil: undefined }), (raw, parsed) => {
        const names = raw.filter((_, index) => index % 2 === 0 && index + 1 < raw.length);
        const count = names.filter(
          (name) => typeof name === 'string' && name.toLowerCase() === 'authorization',
        ).length;
        const read = readAuthorization(raw, parsed);
        if (count > 1) expect(read).toHaveLength(count);
        else expect(read).toBe(parsed);
      }),
      { numRuns: RUNS },
    );
  });
});

const encoder = new TextEncoder();
const goodAnswer = JSON.stringify({ valid: true, claims: claimsOf() });

/** A new guard each time: a breaker that is open would hide the rest. */
async function answerTo(answer: () => Response): Promise<GuardAnswer> {
  const guard = createGuard({
    broker: new ScriptedBroker(answer),
    clock: new FakeClock(),
    maxCachedTokens: 1,
  });
  const decision = await guard.requireScope('read:data:7')(requestWith(good));
  await guard.close();
  return decision;
}

function asJson(body: string | Uint8Array<ArrayBuffer>): () => Response {
  return () => new Response(body, { headers: { 'content-type': 'application/json' } });
}

function isRefusedHonestly(answer: GuardAnswer): boolean {
  return answer.outcome === 'refuse' && [401, 403, 503].includes(answer.refusal.status);
}

/** Whether a text vouches for the good token, and for what the route needs. */
function vouches(text: string): boolean {
  try {
    const { valid, claims } = JSON.parse(text) as {
      valid: unknown;
      claims: Record<string, unknown>;
    };
    const { scope } = claims;
    return (
      valid === true &&
      (['jti', 'sub', 'exp'] as const).every((name) => claims[name] === claimsOf()[name]) &&
      Array.isArray(scope) &&
      scope.some((held) => held === 'read:data:*' || held === 'read:data:7')
    );
  } catch {
    return false;
  }
}

describe('hostile answers', () => {
  it('of any JSON at all are a fault or a refusal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json({ maxDepth: 4 }), async (body) => {
        expect(isRefusedHonestly(await answerTo(asJson(body)))).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  it('of any bytes at all are a fault', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom(200, 200, 200, 201, 404, 500),
        fc.constantFrom('application/json', 'text/html', ''),
        async (bytes, status, type) => {
          const answer = await answerTo(
            () =>
              new Response(new Uint8Array(bytes), { status, headers: { 'content-type': type } }),
          );
          expect(answer).toMatchObject({ outcome: 'refuse', refusal: { status: 503 } });
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('with anything else in the place of a claim that tells who it is, or of the verdict, admit nobody', async () => {
    const place = fc.constantFrom('valid', 'claims', 'jti', 'sub', 'exp');
    await fc.assert(
      fc.asyncProperty(place, fc.jsonValue({ maxDepth: 2 }), async (place, value) => {
        const isClaim = place !== 'valid' && place !== 'claims';
        const answer = isClaim
          ? { valid: true, claims: { ...claimsOf(), [place]: value } }
          : { valid: true, claims: claimsOf(), [place]: value };
        const text = JSON.stringify(answer);
        fc.pre(!vouches(text));
        expect(isRefusedHonestly(await answerTo(asJson(text)))).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  it('with anything else in the place of any claim never throw, and are never an error of ours', async () => {
    const place = fc.constantFrom(
      ...Object.keys(claimsOf()),
      'aud',
      'sid',
      'delegation_chain',
      'chain_hash',
      'original_principal',
    );
    await fc.assert(
      fc.asyncProperty(place, fc.jsonValue({ maxDepth: 3 }), async (place, value) => {
        const text = JSON.stringify({ valid: true, claims: { ...claimsOf(), [place]: value } });
        const answer = await answerTo(asJson(text));
        if (answer.outcome === 'allow') expect(vouches(text)).toBe(true);
        else expect(isRefusedHonestly(answer)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  it('that are a good one with some bytes changed admit nobody whom they do not vouch for', async () => {
    const bytes = encoder.encode(goodAnswer);
    const change = fc.record({
      at: fc.nat(bytes.length),
      cut: fc.nat(4),
      put: fc.uint8Array({ maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ at, cut, put }) => {
        const changed = new Uint8Array([...bytes.slice(0, at), ...put, ...bytes.slice(at + cut)]);
        const answer = await answerTo(asJson(changed));
        if (answer.outcome === 'allow') {
          expect(vouches(new TextDecoder().decode(changed))).toBe(true);
        } else expect(isRefusedHonestly(answer)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });
});
