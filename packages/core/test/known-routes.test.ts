// What is remembered of a token at a route must never count at another, for another token, or beyond the token's life.

import { describe, expect, it } from 'vitest';
import { claimsOf, json, REFUSED, requestWith, START_MS, tokenOf, vouch } from './fixtures.js';
import { outcomeOf } from './guard-scene.js';
import { setUp } from './upkeep-scene.js';

/** As often as it takes until everything that can be remembered is. */
const OFTEN = 4;

describe('a token that is well known at one route', () => {
  it('is weighed anew at every other: scope, kind, audience and depth', async () => {
    const { guard } = setUp({ maxAge: 60 });
    const known = guard.requireScope('read:data:{id}');
    const others = [
      guard.requireScope('write:data:{id}'),
      guard.requireScope('read:other:7'),
      guard.requireAnyScope('write:data:7', 'read:other:{id}'),
      guard.authenticate({ subjects: ['admin'] }),
      guard.requireScope('read:data:{id}', { delegation: { roots: ['spiffe://elsewhere'] } }),
      guard.requireScope(() => 'write:data:7'),
      guard.requireScope('read:data:{id}', { task: () => 'another' }),
    ];
    const request = requestWith(tokenOf(), { params: { id: '7' } });
    for (let time = 0; time < OFTEN; time += 1) {
      expect(outcomeOf(await known(request))).toBe('allow');
      for (const [index, other] of others.entries()) {
        const outcome = outcomeOf(await other(request));
        expect(['insufficient_scope', 'invalid_token', 'policy_denied'], `${index}`).toContain(
          outcome,
        );
      }
    }
  });

  it('needs the parameter of the route every time, and what is held of it', async () => {
    const { guard, broker } = setUp({ maxAge: 60 });
    const wide = guard.requireScope('read:data:{id}');
    const narrow = tokenOf(claimsOf({ jti: 'f'.repeat(32), scope: ['read:data:7'] }));
    for (let time = 0; time < OFTEN; time += 1) {
      const ask = async (
        token: string,
        params: Readonly<Record<string, string>>,
      ): Promise<string> => {
        broker.answer = () => vouch(token);
        return outcomeOf(await wide(requestWith(token, { params })));
      };
      expect(await ask(tokenOf(), { id: `${time}` })).toBe('allow');
      expect(await ask(tokenOf(), {})).toBe('internal_error');
      expect(await ask(tokenOf(), { id: '' })).toBe('internal_error');
      expect(await ask(narrow, { id: '7' })).toBe('allow');
      expect(await ask(narrow, { id: '8' })).toBe('insufficient_scope');
    }
  });

  it('is refused there from the moment it expires, is revoked, or has less scope', async () => {
    const exp = START_MS / 1000 + 300;
    const scene = (): ReturnType<typeof setUp> & {
      ask: () => Promise<string>;
      token: string;
    } => {
      const made = setUp({ maxAge: 3_600 });
      const check = made.guard.requireScope('read:data:7');
      const token = tokenOf(claimsOf({ exp }));
      made.broker.answer = () => vouch(token);
      return { ...made, token, ask: async () => outcomeOf(await check(requestWith(token))) };
    };
    const settled = async ({ ask }: ReturnType<typeof scene>): Promise<void> => {
      for (let time = 0; time < OFTEN; time += 1) expect(await ask()).toBe('allow');
    };

    const expiring = scene();
    await settled(expiring);
    expiring.clock.setWallClock(exp * 1000 + 1_000);
    expect(await expiring.ask()).toBe('invalid_token');

    const revoked = scene();
    await settled(revoked);
    revoked.broker.answer = () => json(REFUSED);
    revoked.guard.revoke({ level: 'token', target: String(claimsOf()['jti']) });
    expect(await revoked.ask()).toBe('invalid_token');

    const closed = scene();
    await settled(closed);
    const closing = closed.guard.close();
    expect(await closed.ask()).toBe('broker_unavailable');
    await closing;
  });

  it('is asked about at a route that always asks, whatever runs while its credentials are read', async () => {
    const { guard, broker } = setUp({ maxAge: 60 });
    const patient = guard.requireScope('read:data:7');
    const strict = guard.requireScope('read:data:7', { maxAge: 0 });
    const request = requestWith(tokenOf());
    for (let time = 0; time < OFTEN; time += 1) await patient(request);
    const calls = broker.calls.length;
    const meddling = {
      ...request,
      get authorization() {
        void patient(request);
        return request.authorization;
      },
    };
    const answer = await strict(meddling);
    expect(answer).toMatchObject({ outcome: 'allow', agent: { proof: { source: 'broker' } } });
    expect(broker.calls).toHaveLength(calls + 1);
  });
});
