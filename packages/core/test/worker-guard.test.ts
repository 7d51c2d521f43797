// A guard where requests may do nothing for each other: a Worker's request owns what it begins, and when it is over
// or its caller gone, that is never heard of again.

import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { auditFeedOn } from '../src/audit-feed.js';
import { guardOn } from '../src/guard.js';
import type { Guard, GuardOptions, RevocationSink } from '../src/index.js';
import {
  AGENT_ID,
  Deferred,
  FakeClock,
  json,
  REFUSED,
  requestWith,
  turns,
  vouch,
} from './fixtures.js';
import { WORKER } from './platforms.js';
import { outcomeOf } from './guard-scene.js';
import { tokenNumber } from './upkeep-scene.js';

const createGuard = guardOn(WORKER.platform);
const createAuditFeed = auditFeedOn(WORKER.platform);

interface Setup {
  readonly guard: Guard;
  readonly clock: FakeClock;
  /** Each is answered by the test. */
  readonly calls: Deferred<Response>[];
  /** What came of each request so far, in order; of one that waits, nothing. */
  readonly outcomes: string[];
  /** The next request with that token, of `read:data:7`. */
  readonly arrive: (token?: string) => Promise<void>;
}

function setUp(options: Partial<GuardOptions> = {}): Setup {
  const clock = new FakeClock();
  const calls: Deferred<Response>[] = [];
  const fetch = (): Promise<Response> => {
    const call = new Deferred<Response>();
    calls.push(call);
    return call.promise;
  };
  const guard = createGuard({ broker: { fetch }, clock, onDecision: () => undefined, ...options });
  onTestFinished(() => guard.close());
  const check = guard.requireScope('read:data:7');
  const outcomes: string[] = [];
  let arrived = 0;
  return {
    guard,
    clock,
    calls,
    outcomes,
    async arrive(token = TOKEN) {
      const index = arrived;
      arrived += 1;
      const answer = check(requestWith(token));
      outcomes[index] = outcomeOf(answer);
      void Promise.resolve(answer).then((later) => (outcomes[index] = outcomeOf(later)));
      await turns();
    },
  };
}

const TOKEN = tokenNumber(1);
const WAITS = 'has to wait';

describe('requests that come together with one new token', () => {
  it.each([{ order: [0, 1] }, { order: [1, 0] }])(
    'ask one by one, and each waits for its own answer alone: $order',
    async ({ order }) => {
      const { calls, outcomes, arrive } = setUp();
      await arrive();
      await arrive();
      expect(calls).toHaveLength(2);
      const expected = [WAITS, WAITS];
      for (const index of order) {
        calls[index]?.resolve(vouch(TOKEN));
        await turns();
        expected[index] = 'allow';
        expect(outcomes).toEqual(expected);
      }
    },
  );

  it('each have their own fault, and nobody asks for another', async () => {
    const { calls, outcomes, arrive } = setUp();
    for (let count = 0; count < 3; count += 1) await arrive();
    calls[1]?.resolve(json({}, { status: 500 }));
    calls[2]?.resolve(vouch(TOKEN));
    await turns();
    expect(outcomes).toEqual([WAITS, 'broker_unavailable', 'allow']);
    expect(calls).toHaveLength(3);
  });

  it('leave a verdict that serves all who come later, at once', async () => {
    const { guard, calls, outcomes, arrive } = setUp();
    await arrive();
    await arrive();
    calls[1]?.resolve(vouch(TOKEN));
    await turns();
    await arrive();
    expect(outcomes).toEqual([WAITS, 'allow', 'allow']);
    expect(guard.stats()).toMatchObject({ hits: 1, misses: 2, joins: 0 });
  });

  it('leave the answer to the newest question, whichever comes first', async () => {
    const { calls, outcomes, arrive } = setUp();
    await arrive();
    await arrive();
    calls[1]?.resolve(json(REFUSED));
    await turns();
    calls[0]?.resolve(vouch(TOKEN));
    await turns();
    await arrive();
    // The first was told what the broker said when it asked; nobody after it is.
    expect(outcomes).toEqual(['allow', 'invalid_token', 'invalid_token']);
  });
});

describe('nothing goes on when a request is over', () => {
  it('so a token in steady use is not asked about ahead of need', async () => {
    const { guard, clock, calls, outcomes, arrive } = setUp({ maxAge: 5 });
    await arrive();
    calls[0]?.resolve(vouch(TOKEN));
    await turns();
    clock.advance(4_999);
    await arrive();
    expect([outcomes, calls.length]).toEqual([['allow', 'allow'], 1]);
    clock.advance(2);
    await arrive();
    expect([outcomes[2], calls.length]).toEqual([WAITS, 2]);
    expect(guard.stats().refreshes).toBe(0);
  });

  it('so no call waits for another to end: one too many is overloaded at once', async () => {
    const { guard, calls, outcomes, arrive } = setUp({ maxConcurrentCalls: 2 });
    for (let serial = 0; serial < 3; serial += 1) await arrive(tokenNumber(serial));
    expect([outcomes, calls.length]).toEqual([[WAITS, WAITS, 'overloaded'], 2]);
    expect(guard.stats().broker).toMatchObject({ running: 2, queued: 0 });
  });

  it('so closing leaves calls to their requests, and turns later ones away', async () => {
    const { guard, calls, outcomes, arrive } = setUp();
    await arrive();
    await guard.close();
    await arrive();
    expect(outcomes).toEqual([WAITS, 'broker_unavailable']);
    calls[0]?.resolve(vouch(TOKEN));
    await turns();
    expect(outcomes[0]).toBe('allow');
  });
});

describe('a request that is gone before its answer comes', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Timers do not go off any more, either. */
  function setUpLossy(options: Partial<GuardOptions> = {}): Setup {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    return setUp({ timeoutMs: 2_000, ...options });
  }

  it('holds its place no longer than its call could have taken', async () => {
    const { guard, clock, calls, outcomes, arrive } = setUpLossy({ maxConcurrentCalls: 1 });
    await arrive();
    clock.advance(1_999);
    await arrive();
    expect([outcomes[1], calls.length]).toEqual(['overloaded', 1]);
    clock.advance(1);
    await arrive();
    expect(calls).toHaveLength(2);
    calls[1]?.resolve(vouch(TOKEN));
    await turns();
    expect(outcomes[2]).toBe('allow');
    expect(guard.stats()).toMatchObject({ sizes: { questions: 0 }, broker: { running: 0 } });
  });

  it('does not keep the broker from being found when it is back', async () => {
    const { guard, clock, calls, outcomes, arrive } = setUpLossy();
    for (let fault = 0; fault < 5; fault += 1) {
      await arrive();
      calls[fault]?.resolve(json({}, { status: 500 }));
      await turns();
    }
    clock.advance(250);
    // The one that looks.
    await arrive();
    clock.advance(1_999);
    await arrive();
    expect(outcomes[6]).toBe('broker_unavailable');
    expect(guard.stats().broker.breaker).toBe('half-open');
    clock.advance(1);
    await arrive();
    calls[6]?.resolve(vouch(TOKEN));
    await turns();
    expect(outcomes[7]).toBe('allow');
    expect(guard.stats().broker.breaker).toBe('closed');
  });
});

describe('where a Worker starts', () => {
  it('a guard and its routes are made without I/O, timers, random numbers or a look at the time', () => {
    const forbidden = (): never => {
      throw new Error('not allowed in global scope');
    };
    const places = [
      [globalThis, 'fetch'],
      [globalThis, 'setTimeout'],
      [globalThis, 'setInterval'],
      [globalThis.crypto, 'getRandomValues'],
      [Math, 'random'],
      [performance, 'now'],
      [Date, 'now'],
    ] as const;
    const before = places.map(([owner, name]) => Object.getOwnPropertyDescriptor(owner, name));
    try {
      for (const [owner, name] of places) {
        Object.defineProperty(owner, name, { value: forbidden, configurable: true });
      }
      const guard = createGuard({ broker: 'https://broker.example' });
      guard.requireScope('read:data:{id}', { maxAge: 60 });
    } finally {
      for (const [index, [owner, name]] of places.entries()) {
        const descriptor = before[index];
        if (descriptor) Object.defineProperty(owner, name, descriptor);
        // An inherited one.
        else Reflect.deleteProperty(owner, name);
      }
    }
  });

  it('there is no audit feed, and the error says why and what else there is', () => {
    const create = (): unknown =>
      createAuditFeed({ broker: 'https://b.example', adminSecret: 's' });
    expect(create).toThrow(TypeError);
    expect(create).toThrow(/^"createAuditFeed" needs a process that lives between requests/);
  });

  it('a feed of your own may push revocations', async () => {
    const sinks: RevocationSink[] = [];
    const feed = { subscribe: (sink: RevocationSink) => (sinks.push(sink), () => undefined) };
    const { calls, outcomes, arrive } = setUp({ feed });
    await arrive();
    calls[0]?.resolve(vouch(TOKEN));
    await turns();
    sinks[0]?.revoked({ level: 'agent', target: AGENT_ID });
    await arrive();
    calls[1]?.resolve(json(REFUSED));
    await turns();
    expect(outcomes).toEqual(['allow', 'invalid_token']);
  });
});
