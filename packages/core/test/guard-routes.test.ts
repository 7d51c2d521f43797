// What a route can ask for besides "all of these scopes".

import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import type { RequestFacts } from '../src/index.js';
import {
  AGENT_ID,
  claimsOf,
  Deferred,
  OTHER_AGENT_ID,
  REFUSED,
  json,
  requestWith,
  tokenOf,
} from './fixtures.js';
import { type FakeRequest, outcomeOf, setScene } from './guard-scene.js';

function holding(...scope: string[]): string {
  return tokenOf(claimsOf({ scope }));
}

function facts(
  token: string | undefined,
  overrides: Parameters<typeof requestWith>[1] = {},
): RequestFacts<FakeRequest> {
  return { ...requestWith(token, overrides), request: { name: 'r' } };
}

describe('requireAnyScope', () => {
  it.each([
    { name: 'the first', scope: ['read:data:a'], outcome: 'allow' },
    { name: 'the second, by wildcard', scope: ['write:data:*'], outcome: 'allow' },
    { name: 'both', scope: ['read:data:a', 'write:data:b'], outcome: 'allow' },
    { name: 'neither', scope: ['read:data:b', 'write:data:a'], outcome: 'insufficient_scope' },
    { name: 'nothing', scope: [], outcome: 'insufficient_scope' },
  ])('is met by $name → $outcome', async ({ scope, outcome }) => {
    const { guard } = setScene<FakeRequest>();
    const check = guard.requireAnyScope('read:data:a', 'write:data:b');
    expect(outcomeOf(await check(facts(holding(...scope))))).toBe(outcome);
  });

  it('takes placeholders, and fails closed when one of the alternatives cannot be filled', async () => {
    const { guard, events } = setScene<FakeRequest>();
    const check = guard.requireAnyScope('read:data:*', 'read:data:{id}');
    expect(outcomeOf(await check(facts(holding('read:data:7'), { params: { id: '7' } })))).toBe(
      'allow',
    );
    expect(outcomeOf(await check(facts(holding('read:data:*'))))).toBe('internal_error');
    expect(events[1]).toMatchObject({ cause: 'unfilled_placeholder', requiredScopeMatch: 'any' });
  });

  it('says in body and event that one is enough', async () => {
    const { guard, events } = setScene<FakeRequest>();
    const answer = await guard.requireAnyScope('read:data:a', 'read:data:b')(facts(holding()));
    expect(answer.outcome === 'refuse' && answer.refusal.problem).toMatchObject({
      required_scope: ['read:data:a', 'read:data:b'],
      required_scope_match: 'any',
      granted_scope: [],
    });
    expect(answer.outcome === 'refuse' && answer.refusal.headers['www-authenticate']).toContain(
      'scope="read:data:a read:data:b"',
    );
    expect(events).toMatchObject([
      { requiredScope: ['read:data:a', 'read:data:b'], requiredScopeMatch: 'any' },
    ]);
  });
});

describe('a computed scope', () => {
  it.each([
    { name: 'a text', computed: () => 'read:data:7' },
    { name: 'several', computed: () => ['read:data:7', 'read:data:7'] },
    { name: 'a promise', computed: () => Promise.resolve('read:data:7') },
  ])('may be $name', async ({ computed }) => {
    const { guard } = setScene<FakeRequest>();
    const check = guard.requireScope(computed);
    expect(outcomeOf(await check(facts(holding('read:data:7'))))).toBe('allow');
    expect(outcomeOf(await check(facts(tokenOf(claimsOf({ scope: ['read:data:8'] })))))).toBe(
      'insufficient_scope',
    );
  });

  it('counts together with those beside it, in their order', async () => {
    const { guard } = setScene<FakeRequest>();
    const check = guard.requireScope('read:data:a', ({ name }) => `read:data:${name}`, 'x:y:z');
    const answer = await check(facts(holding('read:data:a', 'x:y:z')));
    expect(answer.outcome === 'refuse' && answer.refusal.problem.required_scope).toEqual([
      'read:data:a',
      'read:data:r',
      'x:y:z',
    ]);
  });

  it('is no template: braces in it are text', async () => {
    const { guard } = setScene<FakeRequest>();
    const check = guard.requireScope(() => 'read:data:{id}');
    const params = { id: '7' };
    expect(outcomeOf(await check(facts(holding('read:data:7'), { params })))).toBe(
      'insufficient_scope',
    );
    expect(outcomeOf(await check(facts(holding('read:data:{id}'), { params })))).toBe('allow');
  });

  it.each([
    { name: 'nothing', computed: () => undefined },
    { name: 'no scopes', computed: () => [] },
    { name: 'an empty text', computed: () => '' },
    { name: 'two parts', computed: () => 'read:data' },
    { name: 'one bad among good', computed: () => ['read:data:7', 'read:data'] },
    { name: 'a number', computed: () => 7 },
    { name: 'an object', computed: () => ({}) },
    { name: 'an array in an array', computed: () => [['read:data:7']] },
  ])('that is $name fails closed with 500, and the event says why', async ({ computed }) => {
    for (const build of ['requireScope', 'requireAnyScope'] as const) {
      const { guard, events } = setScene<FakeRequest>();
      const check = guard[build]('read:data:*', computed as () => string);
      expect(outcomeOf(await check(facts(tokenOf())))).toBe('internal_error');
      expect(events).toMatchObject([{ reason: 'internal_error', cause: 'computed_scope' }]);
    }
  });

  it.each([
    {
      name: 'throws',
      computed: (): string => {
        throw new Error('marker-of-the-program');
      },
    },
    { name: 'rejects', computed: () => Promise.reject(new Error('marker-of-the-program')) },
  ])('that $name fails closed, and says nothing of what was thrown', async ({ computed }) => {
    const { guard, events } = setScene<FakeRequest>();
    const answer = await guard.requireScope(computed)(facts(tokenOf()));
    expect(outcomeOf(answer)).toBe('internal_error');
    expect(events).toMatchObject([{ cause: 'function_failed' }]);
    expect(inspect([answer, events], { depth: 9 })).not.toContain('marker');
  });

  it('is worked out only for tokens that are good', async () => {
    const { guard, broker, events } = setScene<FakeRequest>();
    const computed = vi.fn(() => 'read:data:7');
    const check = guard.requireScope('read:data:8', computed);
    await check(facts(undefined));
    await check({ ...facts(undefined), authorization: 'Bearer garbage' });
    broker.answer = () => json(REFUSED);
    const answer = await check(facts(tokenOf()));
    expect(computed).not.toHaveBeenCalled();
    // What is needed is then not known, and half of it is not said.
    expect(answer.outcome === 'refuse' && answer.refusal.body).not.toContain('required_scope');
    expect(events[0]).toMatchObject({ requiredScope: ['read:data:8'] });
  });

  it('that takes its time does not carry a token over its expiry', async () => {
    const { guard, clock } = setScene<FakeRequest>();
    const computing = new Deferred<string>();
    const answer = guard.requireScope(() => computing.promise)(facts(tokenOf()));
    await new Promise(setImmediate);
    clock.advance(301_000);
    computing.resolve('read:data:7');
    expect(outcomeOf(await answer)).toBe('invalid_token');
  });
});

describe('authenticate', () => {
  it('admits any good token, whatever its scope', async () => {
    const { guard, events } = setScene<FakeRequest>();
    const answer = await guard.authenticate()(facts(holding()));
    expect(answer.outcome === 'allow' && answer.agent.id).toBe(AGENT_ID);
    expect(events).toMatchObject([{ outcome: 'allow', requiredScope: [] }]);
  });

  it('asks for a token without naming a scope', async () => {
    const { guard } = setScene<FakeRequest>();
    const answer = await guard.authenticate()(facts(undefined));
    expect(answer).toMatchObject({
      refusal: { status: 401, headers: { 'www-authenticate': 'Bearer realm="agentwrit"' } },
    });
    expect(answer.outcome === 'refuse' && answer.refusal.body).not.toContain('required_scope');
  });

  it.each([
    { name: 'no credentials', authorization: undefined, outcome: 'anonymous' },
    { name: 'another scheme', authorization: 'Basic dTpw', outcome: 'anonymous' },
    { name: 'garbage', authorization: 'Bearer garbage', outcome: 'invalid_token' },
    { name: 'the scheme alone', authorization: 'Bearer', outcome: 'invalid_request' },
    { name: 'two values', authorization: ['Basic dTpw', 'Basic dTpw'], outcome: 'invalid_request' },
    { name: 'a good token', authorization: `Bearer ${tokenOf()}`, outcome: 'allow' },
  ])('optional: $name → $outcome', async ({ authorization, outcome }) => {
    const { guard, events } = setScene<FakeRequest>();
    const check = guard.authenticate({ optional: true });
    const answer = await check({ ...facts(undefined), authorization });
    expect(outcomeOf(answer)).toBe(outcome);
    expect(events).toMatchObject([
      { outcome: outcome === 'allow' || outcome === 'anonymous' ? outcome : 'refuse' },
    ]);
  });

  it('optional: a token the broker refuses, or cannot be asked about, is not taken for none', async () => {
    const { guard, broker } = setScene<FakeRequest>();
    const check = guard.authenticate({ optional: true });
    broker.answer = () => json({}, { status: 500 });
    expect(outcomeOf(await check(facts(tokenOf())))).toBe('broker_unavailable');
    broker.answer = () => json(REFUSED);
    expect(outcomeOf(await check(facts(tokenOf())))).toBe('invalid_token');
  });
});

describe('a route with its own policy', () => {
  const delegated = tokenOf(
    claimsOf({
      sub: OTHER_AGENT_ID,
      delegation_chain: [
        { agent: AGENT_ID, scope: ['read:data:*'], delegated_at: '2026-02-15T12:00:00Z' },
      ],
      chain_hash: 'cd',
    }),
  );

  it('measures the same remembered token otherwise than its neighbour', async () => {
    const { guard, broker } = setScene<FakeRequest>();
    const open = guard.requireScope('read:data:7');
    const own = guard.requireScope('read:data:7', { delegation: { maxDepth: 0 } });
    expect(outcomeOf(await open(facts(delegated)))).toBe('allow');
    expect(outcomeOf(await own(facts(delegated)))).toBe('policy_denied');
    expect(outcomeOf(await own(facts(tokenOf())))).toBe('allow');
    expect(broker.calls).toHaveLength(2);
  });

  it('adds to the guard’s delegation rules member by member', async () => {
    const { guard } = setScene<FakeRequest>({
      delegation: { roots: ['spiffe://agentwrit.local/agent/other'] },
    });
    const check = guard.requireScope('read:data:7', { delegation: { maxDepth: 5 } });
    expect(outcomeOf(await check(facts(delegated)))).toBe('policy_denied');
  });

  it('says 403 without naming a scope, and the event names the rule', async () => {
    const { guard, events } = setScene<FakeRequest>({ delegation: { maxDepth: 0 } });
    const answer = await guard.requireScope('read:data:7')(facts(delegated));
    expect(answer).toMatchObject({
      refusal: {
        status: 403,
        headers: { 'www-authenticate': 'Bearer realm="agentwrit", error="insufficient_scope"' },
      },
    });
    expect(answer.outcome === 'refuse' && answer.refusal.body).not.toMatch(/required|granted/);
    expect(events).toMatchObject([
      { reason: 'policy_denied', cause: 'delegation_depth', requiredScope: ['read:data:7'] },
    ]);
  });

  it('keeps to what was checked, though its options change afterwards or while they are read', async () => {
    const { guard } = setScene<FakeRequest>();
    const roots = ['spiffe://agentwrit.local/agent/other'];
    const check = guard.requireScope('read:data:7', { delegation: { roots } });
    roots.push('spiffe://agentwrit.local');
    expect(outcomeOf(await check(facts(tokenOf())))).toBe('policy_denied');

    let reads = 0;
    const shifty = {
      get subjects(): ['agent'] {
        reads += 1;
        return (reads === 1 ? ['agent'] : ['admin']) as ['agent'];
      },
    };
    const other = guard.requireScope('read:data:7', shifty);
    const admin = tokenOf(claimsOf({ sub: 'admin' }));
    expect(outcomeOf(await other(facts(admin)))).toBe('invalid_token');
  });

  it('may admit other subjects than its guard', async () => {
    const { guard } = setScene<FakeRequest>();
    const admin = tokenOf(claimsOf({ sub: 'admin' }));
    const check = guard.requireScope('read:data:7', { subjects: ['agent', 'admin'] });
    expect(outcomeOf(await check(facts(admin)))).toBe('allow');
    expect(outcomeOf(await guard.requireScope('read:data:7')(facts(admin)))).toBe('invalid_token');
  });

  it.each([
    { name: 'the token’s', task: () => 'task-1', outcome: 'allow' },
    { name: 'the token’s, later', task: () => Promise.resolve('task-1'), outcome: 'allow' },
    { name: 'another', task: () => 'task-2', outcome: 'policy_denied' },
    { name: 'none', task: () => undefined, outcome: 'policy_denied' },
    { name: 'an empty one', task: () => '', outcome: 'policy_denied' },
    { name: 'a list', task: () => ['task-1'], outcome: 'internal_error' },
    { name: 'true', task: () => true, outcome: 'internal_error' },
    { name: 'a failure', task: () => Promise.reject(new Error('x')), outcome: 'internal_error' },
  ])('is for the task its request names: $name → $outcome', async ({ task, outcome }) => {
    const { guard } = setScene<FakeRequest>();
    const check = guard.requireScope('read:data:7', { task: task as () => string });
    expect(outcomeOf(await check(facts(tokenOf())))).toBe(outcome);
  });

  it('for a task does not admit a token that has none', async () => {
    const { guard } = setScene<FakeRequest>({ subjects: ['admin'], task: () => '' });
    for (const none of [undefined, '']) {
      const token = tokenOf(claimsOf({ sub: 'admin', task_id: none }));
      expect(outcomeOf(await guard.authenticate()(facts(token)))).toBe('policy_denied');
    }
  });
});

describe('a spoiled prototype', () => {
  it.each(['allow', 'anonymous'])('does not turn a promise into "%s"', async (outcome) => {
    const { guard } = setScene<FakeRequest>();
    const check = guard.requireScope('write:data:7');
    Reflect.defineProperty(Object.prototype, 'outcome', { value: outcome, configurable: true });
    try {
      const answer = await check(facts(tokenOf()));
      expect(Object.hasOwn(answer, 'refusal')).toBe(true);
    } finally {
      delete (Object.prototype as { outcome?: string }).outcome;
    }
  });
});

describe('a request that cannot say what it is', () => {
  it.each(['requestId', 'url', 'method', 'route', 'request'] as const)(
    'is decided all the same: %s',
    async (name) => {
      const { guard, events } = setScene<FakeRequest>({ render: () => undefined });
      const broken = (token: string | undefined): RequestFacts<FakeRequest> =>
        Object.defineProperty(facts(token), name, {
          get() {
            throw new Error('marker-of-the-framework');
          },
        });
      const answers = [
        await guard.requireScope('read:data:7')(broken(undefined)),
        await guard.requireScope('read:data:7')(broken(tokenOf())),
      ];
      expect(answers.map(outcomeOf)).toEqual(['missing_token', 'allow']);
      expect(events).toHaveLength(2);
      expect(inspect([answers, events], { depth: 9 })).not.toContain('marker');
    },
  );
});

describe('a good token for somebody else', () => {
  it.each([
    { options: { audience: 'orders' }, cause: 'audience', says: 'does not have "orders"' },
    { options: { issuer: 'b-1' }, cause: 'issuer', says: 'is not "b-1"' },
    {
      options: { trustDomains: ['a.example'] },
      cause: 'trust_domain',
      says: 'is none of ["a.example"]',
    },
  ])('tells the operator which setting it does not meet: $cause', async ({ options, ...told }) => {
    const { guard, events } = setScene<FakeRequest>(options);
    const answer = await guard.authenticate()(facts(tokenOf()));
    expect(events[0]).toMatchObject({ cause: told.cause });
    expect(events[0]?.detail).toContain(told.says);
    expect(inspect(answer, { depth: 9 })).not.toContain(told.says);
  });
});

describe('a check', () => {
  it('says what it was declared with', () => {
    const { guard } = setScene<FakeRequest>({ maxAge: 7 });
    const plain = { isComputed: false, isOptional: false, maxAge: 7 };
    expect(guard.requireScope('read:data:{id}', 'a:b:c').needs).toEqual({
      ...plain,
      match: 'all',
      scopes: ['read:data:{id}', 'a:b:c'],
    });
    expect(guard.requireAnyScope('a:b:c', () => 'a:b:d', { maxAge: 0 }).needs).toEqual({
      ...plain,
      match: 'any',
      scopes: ['a:b:c'],
      isComputed: true,
      maxAge: 0,
    });
    expect(guard.authenticate({ optional: true }).needs).toEqual({
      ...plain,
      match: 'none',
      scopes: [],
      isOptional: true,
    });
  });

  it.each([
    { name: 'an array', args: [['a:b:c']], says: 'one by one' },
    { name: 'only options', args: [{ maxAge: 0 }], says: 'at least one scope' },
    { name: 'null', args: [null], says: 'got object' },
    { name: 'an unknown option', args: ['a:b:c', { maxAgee: 0 }], says: '"maxAgee"' },
    { name: 'optional scopes', args: ['a:b:c', { optional: true }], says: '"optional"' },
    { name: 'undefined', args: ['a:b:c', { maxAge: undefined }], says: '"maxAge" is undefined' },
    { name: 'no number', args: ['a:b:c', { maxAge: NaN }], says: '"maxAge"' },
    { name: 'a bad subject', args: ['a:b:c', { subjects: ['user'] }], says: '"user"' },
    { name: 'no subject', args: ['a:b:c', { subjects: [] }], says: '"subjects"' },
    { name: 'a task', args: ['a:b:c', { task: 'task-1' }], says: '"task" must be a function' },
    { name: 'a depth', args: ['a:b:c', { delegation: { maxDepth: 6 } }], says: 'from 0 to 5' },
    { name: 'half a depth', args: ['a:b:c', { delegation: { maxDepth: 0.5 } }], says: 'whole' },
    {
      name: 'roots from nowhere',
      args: ['a:b:c', { delegation: { roots: undefined } }],
      says: '"delegation.roots"',
    },
    {
      name: 'no roots',
      args: ['a:b:c', { delegation: { roots: [] } }],
      says: '"delegation.roots"',
    },
    {
      name: 'a root with a slash',
      args: ['a:b:c', { delegation: { roots: ['spiffe://agentwrit.local/'] } }],
      says: 'without a slash at the end',
    },
    { name: 'a promise', args: ['a:b:c', Promise.resolve({})], says: 'plain options object' },
  ])('is not built with $name: a TypeError says what is wrong', ({ args, says }) => {
    const { guard } = setScene<FakeRequest>();
    const build = guard.requireScope as (...args: unknown[]) => unknown;
    expect(() => build(...args)).toThrow(TypeError);
    expect(() => build(...args)).toThrow(says);
  });
});
