import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { DECISION_CHANNEL, type GuardAnswer } from '../src/index.js';
import {
  AGENT_ID,
  claimsOf,
  Deferred,
  json,
  REFUSED,
  requestWith,
  tokenOf,
  vouch,
} from './fixtures.js';
import { outcomeOf, setScene } from './guard-scene.js';

describe('a request', () => {
  it('with a token the broker vouches for, and scope enough, is admitted', async () => {
    const { guard, broker } = setScene();
    const answer = await guard.requireScope('read:data:7')(requestWith(tokenOf()));
    expect(answer.outcome).toBe('allow');
    expect(answer.outcome === 'allow' && answer.agent.id).toBe(AGENT_ID);
    expect(broker.calls).toEqual([
      { token: tokenOf(), requestId: 'req-1', path: '/v1/token/validate' },
    ]);
  });

  it.each([
    { name: 'none of the scopes', scope: ['read:logs:x'], outcome: 'insufficient_scope' },
    { name: 'one of the two', scope: ['read:data:x'], outcome: 'insufficient_scope' },
    { name: 'both', scope: ['read:data:*', 'write:data:y'], outcome: 'allow' },
    { name: 'no scope at all', scope: [], outcome: 'insufficient_scope' },
  ])('needs every scope of the route: $name → $outcome', async ({ scope, outcome }) => {
    const { guard } = setScene();
    const check = guard.requireScope('read:data:x', 'write:data:y');
    expect(outcomeOf(await check(requestWith(tokenOf(claimsOf({ scope })))))).toBe(outcome);
  });

  it('takes placeholders from its own route parameters', async () => {
    const { guard } = setScene();
    const check = guard.requireScope('read:data:customer-{id}');
    const token = tokenOf(claimsOf({ scope: ['read:data:customer-7'] }));
    expect(outcomeOf(await check(requestWith(token, { params: { id: '7' } })))).toBe('allow');
    expect(outcomeOf(await check(requestWith(token, { params: { id: '8' } })))).toBe(
      'insufficient_scope',
    );
  });

  it('is refused with 500, and the event says why, when the route has no such parameter', async () => {
    const { guard, events } = setScene();
    const answer = await guard.requireScope('read:data:customer-{id}')(requestWith(tokenOf()));
    expect(answer.outcome === 'refuse' && answer.refusal.status).toBe(500);
    expect(events).toMatchObject([{ reason: 'internal_error', cause: 'unfilled_placeholder' }]);
  });

  it.each([
    { name: 'no credentials', facts: requestWith(undefined), outcome: 'missing_token' },
    {
      name: 'two values',
      facts: requestWith('', { authorization: ['Bearer a', 'Bearer b'] }),
      outcome: 'invalid_request',
    },
    { name: 'garbage', facts: requestWith('garbage'), outcome: 'invalid_token' },
    {
      name: 'a token over the length cap',
      facts: requestWith('a'.repeat(16_385)),
      outcome: 'invalid_token',
    },
    {
      name: 'another algorithm',
      facts: requestWith(tokenOf(claimsOf(), { alg: 'HS256' })),
      outcome: 'invalid_token',
    },
  ])('with $name is refused without a broker call', ({ facts, outcome }) => {
    const { guard, broker } = setScene();
    const answer = guard.requireScope('read:data:7')(facts);
    expect(answer).not.toBeInstanceOf(Promise);
    expect(outcomeOf(answer as GuardAnswer)).toBe(outcome);
    expect(broker.calls).toEqual([]);
  });

  it('with a token the broker refuses is refused', async () => {
    const { guard, broker } = setScene();
    broker.answer = () => json(REFUSED);
    expect(outcomeOf(await guard.requireScope('read:data:7')(requestWith(tokenOf())))).toBe(
      'invalid_token',
    );
  });

  it.each([
    {
      name: 'the audience is wrong',
      options: { audience: 'orders' },
      claims: { aud: ['billing'] },
    },
    { name: 'the subject is an app', options: {}, claims: { sub: 'app:app-shop-00ff00' } },
    {
      name: 'the subject is the admin',
      options: {},
      claims: { sub: 'admin', scope: ['read:data:*'] },
    },
  ])('is refused although the broker vouches, when $name', async ({ options, claims }) => {
    const { guard, events } = setScene(options);
    const answer = await guard.requireScope('read:data:7')(requestWith(tokenOf(claimsOf(claims))));
    expect(outcomeOf(answer)).toBe('invalid_token');
    // Nothing about the token goes back to a caller it was not meant for.
    expect(answer.outcome === 'refuse' && answer.refusal.body).not.toContain('granted_scope');
    expect(events[0]?.agentId).toBe(claims.sub ?? AGENT_ID);
  });
});

describe('freshness', () => {
  it('answers a warm token at once, without a promise and without the broker', async () => {
    const { guard, broker, clock } = setScene();
    const check = guard.requireScope('read:data:7');
    await check(requestWith(tokenOf()));
    clock.advance(4_999);
    const warm = check(requestWith(tokenOf()));
    expect(warm).toMatchObject({
      outcome: 'allow',
      agent: { proof: { source: 'cache', ageMs: 4_999 } },
    });
    expect(broker.calls).toHaveLength(1);
  });

  it('asks again once the verdict is older than maxAge', async () => {
    const { guard, broker, clock } = setScene({ maxAge: 2 });
    const check = guard.requireScope('read:data:7');
    await check(requestWith(tokenOf()));
    clock.advance(2_001);
    const answer = await check(requestWith(tokenOf()));
    expect(answer).toMatchObject({ outcome: 'allow', agent: { proof: { source: 'broker' } } });
    expect(broker.calls).toHaveLength(2);
  });

  it('lets a revoked token work for maxAge at the longest', async () => {
    const { guard, broker, clock } = setScene({ maxAge: 2 });
    const check = guard.requireScope('read:data:7');
    await check(requestWith(tokenOf()));
    broker.answer = () => json(REFUSED);
    clock.advance(2_000);
    expect(outcomeOf(await check(requestWith(tokenOf())))).toBe('allow');
    clock.advance(1);
    expect(outcomeOf(await check(requestWith(tokenOf())))).toBe('invalid_token');
    // And once it is known to be dead, no older verdict brings it back, however long a route's maxAge.
    const lenient = guard.requireScope('read:data:7', { maxAge: 3600 });
    expect(outcomeOf(await lenient(requestWith(tokenOf())))).toBe('invalid_token');
  });

  it('asks on every request of a route with maxAge 0, and serves the others from that', async () => {
    const { guard, broker, clock } = setScene();
    const strict = guard.requireScope('read:data:7', { maxAge: 0 });
    for (let round = 1; round <= 3; round += 1) {
      clock.advance(1);
      await strict(requestWith(tokenOf()));
      expect(broker.calls).toHaveLength(round);
    }
    expect(guard.requireScope('read:data:8')(requestWith(tokenOf()))).toMatchObject({
      outcome: 'allow',
    });
  });

  it('serves every route from one verdict, each with its own requirement', async () => {
    const { guard, broker } = setScene();
    await guard.requireScope('read:data:7')(requestWith(tokenOf()));
    const other = guard.requireScope('write:data:7')(requestWith(tokenOf()));
    expect(outcomeOf(other as GuardAnswer)).toBe('insufficient_scope');
    expect(broker.calls).toHaveLength(1);
  });

  it('counts age from when the broker was asked, not from its answer', async () => {
    const { guard, broker, clock } = setScene({ maxAge: 2 });
    const slow = new Deferred<Response>();
    broker.answer = () => slow.promise;
    const check = guard.requireScope('read:data:7');
    const first = check(requestWith(tokenOf()));
    clock.advance(1_500);
    slow.resolve(vouch(tokenOf()));
    expect(await first).toMatchObject({ agent: { proof: { source: 'broker', ageMs: 1_500 } } });
    clock.advance(501);
    broker.answer = () => json(REFUSED);
    expect(outcomeOf(await check(requestWith(tokenOf())))).toBe('invalid_token');
  });

  it('serves a cached verdict to the last second of exp, and never after', async () => {
    const { guard, clock, broker } = setScene({ maxAge: 3600 });
    const check = guard.requireScope('read:data:7');
    await check(requestWith(tokenOf()));
    clock.advance(300_999);
    expect(outcomeOf(check(requestWith(tokenOf())) as GuardAnswer)).toBe('allow');
    clock.advance(1);
    expect(outcomeOf(check(requestWith(tokenOf())) as GuardAnswer)).toBe('invalid_token');
    expect(broker.calls).toHaveLength(1);
  });

  it('admits no expired token even when the broker vouches for it', async () => {
    const { guard, clock } = setScene();
    clock.advance(301_000);
    expect(outcomeOf(await guard.requireScope('read:data:7')(requestWith(tokenOf())))).toBe(
      'invalid_token',
    );
  });

  it('admits nothing by a clock that tells no time', async () => {
    const { guard, clock } = setScene();
    const check = guard.requireScope('read:data:7');
    await check(requestWith(tokenOf()));
    clock.setWallClock(Number.NaN);
    expect(outcomeOf(await check(requestWith(tokenOf())))).toBe('invalid_token');
  });

  it('is not fooled by a wall clock that is set back', async () => {
    const { guard, broker, clock } = setScene({ maxAge: 2 });
    const check = guard.requireScope('read:data:7');
    await check(requestWith(tokenOf()));
    clock.advance(3_000);
    clock.setWallClock(clock.now() - 60_000);
    broker.answer = () => json(REFUSED);
    expect(outcomeOf(await check(requestWith(tokenOf())))).toBe('invalid_token');
  });
});

describe('one question at a time', () => {
  it('asks once for a thousand requests with the same new token', async () => {
    const { guard, broker } = setScene();
    const slow = new Deferred<Response>();
    broker.answer = () => slow.promise;
    const check = guard.requireScope('read:data:7');
    const all = Array.from({ length: 1000 }, async () => check(requestWith(tokenOf())));
    slow.resolve(vouch(tokenOf()));
    const answers = await Promise.all(all);
    expect(answers.map(outcomeOf)).toEqual(Array.from({ length: 1000 }, () => 'allow'));
    expect(broker.calls).toHaveLength(1);
  });

  it('lets no request with maxAge 0 join a question asked before it arrived', async () => {
    const { guard, broker, clock } = setScene();
    const slow = [new Deferred<Response>(), new Deferred<Response>()];
    broker.answer = () => slow[broker.calls.length - 1]?.promise ?? json(REFUSED);
    const check = guard.requireScope('read:data:7', { maxAge: 0 });
    const first = check(requestWith(tokenOf()));
    clock.advance(1);
    const second = check(requestWith(tokenOf()));
    slow[0]?.resolve(vouch(tokenOf()));
    slow[1]?.resolve(json(REFUSED));
    expect([outcomeOf(await first), outcomeOf(await second)]).toEqual(['allow', 'invalid_token']);
  });
});

describe('a fault', () => {
  it('is 503 with Retry-After, is not remembered, and lets nothing in', async () => {
    const { guard, broker, events } = setScene();
    broker.answer = () => json({}, { status: 500 });
    const check = guard.requireScope('read:data:7');
    const answer = await check(requestWith(tokenOf()));
    expect(answer.outcome === 'refuse' && answer.refusal).toMatchObject({
      status: 503,
      reason: 'broker_unavailable',
      headers: { 'retry-after': '1', 'cache-control': 'no-store' },
    });
    expect(answer.outcome === 'refuse' && answer.refusal.headers).not.toHaveProperty(
      'www-authenticate',
    );
    expect(events).toMatchObject([
      { outcome: 'refuse', reason: 'broker_unavailable', cause: 'unexpected_status' },
    ]);

    broker.answer = vouch;
    expect(outcomeOf(await check(requestWith(tokenOf())))).toBe('allow');
  });

  it('is reported before any question of scope', async () => {
    const { guard, broker } = setScene();
    broker.answer = () => json({}, { status: 500 });
    const check = guard.requireScope('write:nothing:held');
    expect(outcomeOf(await check(requestWith(tokenOf())))).toBe('broker_unavailable');
  });

  it('passes on how long the broker asks to wait, up to a minute', async () => {
    const { guard, broker } = setScene();
    const retryAfter = async (value: string): Promise<string | undefined> => {
      broker.answer = () => json({}, { status: 429, headers: { 'retry-after': value } });
      const answer = await guard.requireScope('read:data:7')(requestWith(tokenOf()));
      return answer.outcome === 'refuse' ? answer.refusal.headers['retry-after'] : undefined;
    };
    expect(await retryAfter('7')).toBe('7');
    expect(await retryAfter('86400')).toBe('60');
    expect(await retryAfter('tomorrow')).toBe('1');
  });

  it('leaves a token that is still warm alone', async () => {
    const { guard, broker, clock } = setScene();
    const check = guard.requireScope('read:data:7');
    await check(requestWith(tokenOf()));
    broker.answer = () => json({}, { status: 500 });
    clock.advance(1_000);
    expect(outcomeOf(await check(requestWith(tokenOf())))).toBe('allow');
  });

  it('of the program itself is 500, never an acceptance and never thrown, cold and warm', async () => {
    const { guard, events } = setScene();
    const check = guard.requireScope('read:data:{id}');
    const facts = requestWith(tokenOf(), {
      param: () => {
        throw new Error('a bug');
      },
    });
    expect(outcomeOf(await check(facts))).toBe('internal_error');
    const warm = check(facts);
    expect(warm).not.toBeInstanceOf(Promise);
    expect(outcomeOf(warm as GuardAnswer)).toBe('internal_error');
    expect(events).toMatchObject([{ cause: 'unexpected' }, { cause: 'unexpected' }]);
  });
});

describe('events', () => {
  it('says who, what, which route, with which proof, once per decision', async () => {
    const { guard, events, clock } = setScene();
    const check = guard.requireScope('read:data:{id}');
    await check(requestWith(tokenOf(), { params: { id: '7' }, route: '/data/:id' }));
    await check(requestWith(tokenOf(), { params: { id: '7' }, route: '/data/:id' }));
    expect(events).toHaveLength(2);
    // The keys are what readers of audit files rely on: see DECISION_EVENT_VERSION before changing them.
    expect(events[0]).toStrictEqual({
      version: 1,
      time: clock.now(),
      outcome: 'allow',
      requiredScope: ['read:data:7'],
      agentId: AGENT_ID,
      taskId: 'task-1',
      orchId: 'orch-1',
      tokenId: '00112233445566778899aabbccddeeff',
      usedScope: [{ required: 'read:data:7', held: 'read:data:*' }],
      grantedScope: ['read:data:*'],
      delegationDepth: 0,
      proof: { source: 'broker', ageMs: 0 },
      method: 'GET',
      route: '/data/:id',
      requestId: 'req-1',
      durationUs: 0,
    });
    expect(events[1]?.proof?.source).toBe('cache');
  });

  it.each([
    {
      name: 'throws',
      sink: () => {
        throw new Error('full disk');
      },
    },
    { name: 'rejects', sink: () => Promise.reject(new Error('full disk')) },
    { name: 'never ends', sink: () => new Promise(() => undefined) },
  ])('changes no decision when the sink $name', async ({ sink }) => {
    const { guard } = setScene({ onDecision: sink });
    expect(outcomeOf(await guard.requireScope('read:data:7')(requestWith(tokenOf())))).toBe(
      'allow',
    );
    expect(outcomeOf(await guard.requireScope('x:y:z')(requestWith(tokenOf())))).toBe(
      'insufficient_scope',
    );
  });

  it('changes no decision when a sink throws what cannot even be looked at', async () => {
    const { guard } = setScene({
      onDecision: () => {
        throw Object.defineProperty(new Error(), 'name', {
          get: () => {
            throw new Error('a name that throws');
          },
        });
      },
    });
    expect(outcomeOf(await guard.requireScope('read:data:7')(requestWith(tokenOf())))).toBe(
      'allow',
    );
  });

  it('adopts the rejection of a promise of another realm, so that it does not end the process', async () => {
    const { guard } = setScene({
      onDecision: () => runInNewContext('Promise.reject(new Error("full disk"))') as unknown,
    });
    const unhandled: unknown[] = [];
    const listen = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', listen);
    await guard.requireScope('read:data:7')(requestWith(tokenOf()));
    // Node looks for unhandled rejections once the microtasks are done.
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.off('unhandledRejection', listen);
    expect(unhandled).toEqual([]);
  });

  it('cannot be used to change what the handler sees', async () => {
    const { guard, events } = setScene();
    const answer = await guard.requireScope('read:data:7')(requestWith(tokenOf()));
    const [event] = events;
    expect(Object.isFrozen(event)).toBe(true);
    expect(Object.isFrozen(event?.requiredScope)).toBe(true);
    expect(answer.outcome === 'allow' && Object.isFrozen(answer.agent.proof)).toBe(true);
  });

  it('reaches whoever listens on the diagnostics channel', async () => {
    const { guard } = setScene();
    const heard: unknown[] = [];
    const listen = (event: unknown): void => void heard.push(event);
    subscribe(DECISION_CHANNEL, listen);
    await guard.requireScope('read:data:7')(requestWith(tokenOf()));
    unsubscribe(DECISION_CHANNEL, listen);
    await guard.requireScope('read:data:7')(requestWith(tokenOf()));
    expect(heard).toMatchObject([{ outcome: 'allow', agentId: AGENT_ID }]);
  });
});

describe('secrecy', () => {
  it('puts no token text in answers, events or the guard itself', async () => {
    const { guard, events, broker } = setScene({ audience: 'orders' });
    const token = tokenOf();
    const answers = [await guard.requireScope('read:data:7')(requestWith(token))];
    broker.answer = () => new Response(token, { status: 500 });
    answers.push(await guard.requireScope('read:data:7', { maxAge: 0 })(requestWith(token)));
    broker.answer = () =>
      new Response(`"${token}`, { headers: { 'content-type': 'application/json' } });
    answers.push(await guard.requireScope('read:data:7', { maxAge: 0 })(requestWith(token)));
    const text = inspect([answers, events, guard], { depth: Infinity, showHidden: true });
    for (const part of token.split('.')) expect(text).not.toContain(part);
  });
});

describe('request ids', () => {
  it.each([
    { name: 'keeps a plain one', received: 'abc-123', kept: true },
    { name: 'keeps the first of several', received: ['abc-123', 'def'], kept: true },
    { name: 'replaces none', received: undefined, kept: false },
    { name: 'replaces an empty one', received: '', kept: false },
    { name: 'replaces one with a space', received: 'a b', kept: false },
    { name: 'replaces one with a newline', received: 'a\r\nb', kept: false },
    { name: 'replaces one that is too long', received: 'a'.repeat(129), kept: false },
  ])('$name, and uses the same towards broker, caller and event', async ({ received, kept }) => {
    const { guard, broker, events } = setScene();
    broker.answer = () => json(REFUSED);
    const answer = await guard.requireScope('read:data:7')(
      requestWith(tokenOf(), { requestId: received }),
    );
    const id = events[0]?.requestId ?? '';
    if (kept) expect(id).toBe([received].flat()[0]);
    else expect(id).toMatch(/^[0-9a-f]{16}$/);
    expect(broker.calls[0]?.requestId).toBe(id);
    expect(answer.outcome === 'refuse' && answer.refusal.headers['x-request-id']).toBe(id);
    expect(answer.outcome === 'refuse' && answer.refusal.body).toContain(`"request_id":"${id}"`);
  });
});

describe('close', () => {
  it('refuses with 503 what waits for the broker at that moment', async () => {
    const { guard, broker } = setScene();
    const slow = new Deferred<Response>();
    broker.answer = () => slow.promise;
    const waiting = guard.requireScope('read:data:7')(requestWith(tokenOf()));
    await guard.close();
    slow.resolve(vouch(tokenOf()));
    expect(outcomeOf(await waiting)).toBe('broker_unavailable');
  });

  it('refuses what comes after it with 503, warm tokens too', async () => {
    const { guard } = setScene();
    const check = guard.requireScope('read:data:7');
    await check(requestWith(tokenOf()));
    await guard.close();
    await guard.close();
    expect(outcomeOf(await check(requestWith(tokenOf())))).toBe('broker_unavailable');
  });
});
