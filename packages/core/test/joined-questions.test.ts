// A question that is shared has a deadline of its own, which may be nearly over when another request joins.

import { describe, expect, it, onTestFinished } from 'vitest';
import { createGuard } from '../src/index.js';
import {
  claimsOf,
  FakeClock,
  json,
  requestWith,
  ScriptedBroker,
  tokenOf,
  vouch,
} from './fixtures.js';

const TIMEOUT_MS = 300;

describe('a request that joins a question', () => {
  it('gets one more when that runs out of time, and shares it with all who joined', async () => {
    const broker = new ScriptedBroker();
    const guard = createGuard({ broker, clock: new FakeClock(), timeoutMs: TIMEOUT_MS });
    onTestFinished(() => guard.close());
    const check = guard.requireScope('read:data:7');
    const request = requestWith(tokenOf());
    // Lost on its way; whatever is asked later is answered.
    broker.answer = () => new Promise<Response>(() => undefined);
    const first = check(request);
    await new Promise((resolve) => setTimeout(resolve, TIMEOUT_MS * 0.8));
    broker.answer = vouch;
    const joined = [1, 2, 3].map(async () => check(request));
    expect(await first).toMatchObject({ outcome: 'refuse', refusal: { status: 503 } });
    for (const answer of await Promise.all(joined)) expect(answer.outcome).toBe('allow');
    expect(broker.calls).toHaveLength(2);
  });

  it('is told within two deadlines when nobody answers at all', async () => {
    const broker = new ScriptedBroker();
    const guard = createGuard({ broker, clock: new FakeClock(), timeoutMs: TIMEOUT_MS });
    onTestFinished(() => guard.close());
    const check = guard.requireScope('read:data:7');
    broker.answer = () => new Promise<Response>(() => undefined);
    const startedAt = performance.now();
    const answers = await Promise.all([1, 2, 3].map(async () => check(requestWith(tokenOf()))));
    expect(answers.map(({ outcome }) => outcome)).toEqual(['refuse', 'refuse', 'refuse']);
    expect(broker.calls).toHaveLength(2);
    expect(performance.now() - startedAt).toBeLessThan(2 * TIMEOUT_MS + 2_000);
  });
});

describe('one odd answer about one token', () => {
  it.each([
    ['claims of a wrong type', () => json({ valid: true, claims: { sub: 5 } })],
    ['another token', () => vouch(tokenOf(claimsOf({ jti: 'another' })))],
    ['a refusal of the request itself', () => json({}, { status: 403 })],
  ])('does not open the breaker for all: %s', async (_name, odd) => {
    const broker = new ScriptedBroker();
    const guard = createGuard({ broker, clock: new FakeClock(), maxAge: 0 });
    onTestFinished(() => guard.close());
    const check = guard.requireScope('read:data:7');
    broker.answer = odd;
    for (let count = 0; count < 20; count += 1) {
      expect(await check(requestWith(tokenOf()))).toMatchObject({ refusal: { status: 503 } });
    }
    expect(guard.stats().broker.breaker).toBe('closed');
    broker.answer = vouch;
    expect((await check(requestWith(tokenOf()))).outcome).toBe('allow');
  });
});
