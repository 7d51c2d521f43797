import { afterEach, describe, expect, it, vi } from 'vitest';
import { createBrokerCalls } from '../src/broker.js';
import type { BreakerState } from '../src/breaker.js';
import { type BrokerGate, createBrokerGate } from '../src/broker-gate.js';
import { Deadlines } from '../src/deadlines.js';
import { BrokerFault, type FaultCode } from '../src/fault.js';
import { createInProcessTransport } from '../src/in-process-transport.js';
import { type CallPurpose, queuedTurns, type Turns } from '../src/turns.js';
import { Deferred, FakeClock, REFUSED, tokenOf, turns, vouch } from './fixtures.js';

interface CallOptions {
  readonly purpose?: CallPurpose;
  readonly signal?: AbortSignal;
  readonly isTooLate?: () => boolean;
}

const never = (): boolean => false;

interface Setup {
  readonly gate: BrokerGate;
  readonly queue: Turns;
  readonly clock: FakeClock;
  readonly states: BreakerState[];
  /** Calls that were made, in order; each is ended by the test. */
  readonly made: { readonly name: string; readonly end: Deferred<string> }[];
  /** @returns what comes of it: its name, or the code of the fault */
  readonly call: (name: string, purpose?: CallPurpose, options?: CallOptions) => Promise<string>;
  /** One call that is made and ends in a fault. */
  readonly fail: (code?: FaultCode) => Promise<string>;
  readonly succeed: () => Promise<string>;
}

function setUp(maxConcurrentCalls = 2, maxQueuedCalls = 3): Setup {
  const clock = new FakeClock();
  const states: BreakerState[] = [];
  const made: { name: string; end: Deferred<string> }[] = [];
  const queue = queuedTurns({ maxConcurrentCalls, maxQueuedCalls });
  const gate = createBrokerGate({
    clock,
    turns: queue,
    timeoutMs: 2_000,
    onBreaker: (state) => states.push(state),
  });
  const run = (make: () => Promise<string>, options: CallOptions = {}): Promise<string> => {
    const { purpose = 'new', signal = new AbortController().signal, isTooLate = never } = options;
    return gate.run({ purpose, signal, isTooLate, make }).catch(codeOf);
  };
  const call: Setup['call'] = (name, purpose = 'new', options = {}) =>
    run(
      () => {
        const end = new Deferred<string>();
        made.push({ name, end });
        return end.promise;
      },
      { purpose, ...options },
    );
  const fail = (code: FaultCode = 'connection'): Promise<string> =>
    run(() => Promise.reject(new BrokerFault(code, 'x')));
  const succeed = (): Promise<string> => run(() => Promise.resolve('ok'));
  return { gate, queue, clock, states, made, call, fail, succeed };
}

function deadlinesOf(timeoutMs: number): Deadlines {
  return new Deadlines({ timeoutMs, isBackground: false, canBeEnded: true });
}

function codeOf(error: unknown): string {
  return error instanceof BrokerFault ? error.code : 'no fault';
}

async function open({ gate, fail }: Setup): Promise<void> {
  for (let fault = 0; fault < 5; fault += 1) await fail();
  expect(gate.state()).toBe('open');
}

/** How long the breaker stays open at first. */
const PAUSE_MS = 250;

describe('the breaker', () => {
  it('has no call made, and none wait, while it is open', async () => {
    const world = setUp();
    await open(world);
    for (const purpose of ['new', 'known', 'refresh'] as const) {
      expect(await world.call('x', purpose)).toBe('circuit_open');
    }
    expect(world.made).toEqual([]);
    expect([world.queue.running(), world.queue.queued()]).toEqual([0, 0]);
  });

  it('has none made that were waiting when it opened', async () => {
    const { gate, call, made } = setUp(1, 10);
    const calls = Array.from({ length: 8 }, (_, index) => call(`${index}`));
    for (let index = 0; index < 5; index += 1) {
      made[index]?.end.reject(new BrokerFault('connection', 'down'));
      await turns();
    }
    expect((await Promise.all(calls)).slice(5)).toEqual([
      'circuit_open',
      'circuit_open',
      'circuit_open',
    ]);
    expect(made).toHaveLength(5);
    expect(gate.state()).toBe('open');
  });

  it('then lets one call look, and has a crowd wait for nothing', async () => {
    const world = setUp(2, 3);
    await open(world);
    world.clock.advance(PAUSE_MS);
    const probe = world.call('probe');
    const crowd = await Promise.all(Array.from({ length: 50 }, () => world.call('crowd')));
    expect(new Set(crowd)).toEqual(new Set(['circuit_open']));
    expect(world.made.map(({ name }) => name)).toEqual(['probe']);
    world.made[0]?.end.resolve('ok');
    expect(await probe).toBe('ok');
    expect(await world.succeed()).toBe('ok');
    expect(world.states).toEqual(['open', 'half-open', 'closed']);
  });

  it('is not opened by calls that never left the queue', async () => {
    const { gate, call } = setUp(1, 100);
    void call('slow, but it will answer');
    const controller = new AbortController();
    const waiting = Array.from({ length: 20 }, () =>
      call('stranger', 'new', { signal: controller.signal }),
    );
    controller.abort(new BrokerFault('timeout', 'no whole answer in time'));
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['timeout']));
    // Nothing is known of the broker but that it is slow.
    expect(gate.state()).toBe('closed');
  });

  it('is not closed by a call that was not made', async () => {
    const world = setUp(5, 5);
    const calls = Array.from({ length: 10 }, () => world.call('hangs'));
    await turns();
    for (const { end } of world.made) end.reject(new BrokerFault('timeout', 'hung'));
    await Promise.all(calls.slice(0, 5));
    expect(world.gate.state()).toBe('open');
    world.clock.advance(PAUSE_MS);
    void world.call('probe');
    await turns();
    const given = new AbortController();
    given.abort(new BrokerFault('timeout', 'too late'));
    expect(await world.call('x', 'refresh', { signal: given.signal })).not.toBe('ok');
    expect(world.states).not.toContain('closed');
  });

  describe('knows a crowd from an outage', () => {
    afterEach(() => {
      vi.useRealTimers();
    });

    it('is not opened by calls that had hardly any time left when their turn came', async () => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
      const { gate } = setUp(8, 100);
      const answer = {
        status: 200,
        contentType: 'application/json',
        retryAfter: undefined,
        body: JSON.stringify(REFUSED),
      };
      // A broker that is slow, and answers each call it gets within half of the deadline.
      const post = (): Promise<typeof answer> =>
        new Promise((resolve) => setTimeout(resolve, 90, answer));
      const calls = createBrokerCalls(
        { post, close: () => Promise.resolve() },
        { deadlines: deadlinesOf(200), gate, onCall: () => undefined },
      );
      const ask = (purpose: CallPurpose): Promise<string> =>
        calls.validate(tokenOf(), { requestId: 'r', purpose }).then(() => 'ok', codeOf);
      const strangers = Promise.all(Array.from({ length: 50 }, () => ask('new')));
      await vi.advanceTimersByTimeAsync(200);
      for (const outcome of await strangers) {
        expect(['ok', 'timeout', 'overloaded']).toContain(outcome);
      }
      const known = ask('known');
      await vi.advanceTimersByTimeAsync(200);
      expect(await known).toBe('ok');
    });
  });
});

describe('the queue', () => {
  it('takes so many and no more: the next are overloaded, at once', async () => {
    const { queue, call, made } = setUp(2, 3);
    const accepted = ['a', 'b', 'c', 'd', 'e'].map((name) => call(name));
    expect(await call('f')).toBe('overloaded');
    expect([queue.running(), queue.queued()]).toEqual([2, 3]);

    made[0]?.end.resolve('ok');
    expect(await accepted[0]).toBe('ok');
    await turns();
    expect([queue.running(), queue.queued()]).toEqual([2, 2]);
    void call('g');
    expect([queue.running(), queue.queued()]).toEqual([2, 3]);
  });

  it('keeps nobody waiting when none may wait', async () => {
    const { call } = setUp(1, 0);
    void call('a');
    expect(await call('b')).toBe('overloaded');
  });

  it('lets those who were vouched for go first, each kind in its order', async () => {
    const { call, made } = setUp(1, 10);
    void call('running');
    for (const name of ['new 1', 'new 2']) void call(name, 'new');
    for (const name of ['known 1', 'known 2']) void call(name, 'known');
    for (let index = 0; index < 5; index += 1) {
      made[index]?.end.resolve('ok');
      await turns();
    }
    expect(made.map(({ name }) => name)).toEqual([
      'running',
      'known 1',
      'known 2',
      'new 1',
      'new 2',
    ]);
  });

  it('has room for those when strangers have filled it, but not without end', async () => {
    const { queue, call } = setUp(1, 3);
    for (let stranger = 0; stranger < 4; stranger += 1) void call('stranger', 'new');
    expect(await call('stranger', 'new')).toBe('overloaded');
    for (let index = 0; index < 3; index += 1) void call('known', 'known');
    expect(queue.queued()).toBe(6);
    expect(await call('known', 'known')).toBe('overloaded');
  });

  it('lets a refresh wait, before strangers and behind those who need it now', async () => {
    const { call, made } = setUp(1, 10);
    void call('running');
    void call('new', 'new');
    void call('refresh', 'refresh');
    void call('known', 'known');
    for (let index = 0; index < 4; index += 1) {
      made[index]?.end.resolve('ok');
      await turns();
    }
    expect(made.map(({ name }) => name)).toEqual(['running', 'known', 'refresh', 'new']);
  });

  it('does not make a call that has hardly any time left when its turn comes', async () => {
    const { gate, call, made } = setUp(1, 10);
    void call('running');
    let isLate = false;
    const late = call('late', 'new', { isTooLate: () => isLate });
    const other = call('in time', 'new');
    isLate = true;
    made[0]?.end.resolve('ok');
    expect(await late).toBe('overloaded');
    await turns();
    expect(made.map(({ name }) => name)).toEqual(['running', 'in time']);
    made[1]?.end.resolve('ok');
    expect(await other).toBe('ok');
    expect(gate.state()).toBe('closed');
  });

  it('frees the place of a call that is given up before its turn', async () => {
    const { queue, call, made } = setUp(1, 2);
    void call('running');
    const controller = new AbortController();
    const waiting = [
      call('a', 'new', { signal: controller.signal }),
      call('b', 'known', { signal: controller.signal }),
    ];
    expect(queue.queued()).toBe(2);
    controller.abort(new BrokerFault('timeout', 'too late'));
    expect(await Promise.all(waiting)).toEqual(['timeout', 'timeout']);
    expect(queue.queued()).toBe(0);
    made[0]?.end.resolve('ok');
    await turns();
    expect(made).toHaveLength(1);
  });

  it('gets its places back from a broker object that never answers and never listens', async () => {
    const { gate, queue, clock } = setUp(4, 0);
    let answers = false;
    const transport = createInProcessTransport({
      fetch: () => (answers ? vouch(tokenOf()) : new Promise<Response>(() => undefined)),
    });
    const calls = createBrokerCalls(transport, {
      deadlines: deadlinesOf(50),
      gate,
      onCall: () => undefined,
    });
    const ask = (): Promise<string> =>
      calls.validate(tokenOf(), { requestId: 'r', purpose: 'new' }).then(() => 'ok', codeOf);
    const four = await Promise.all([ask(), ask(), ask(), ask()]);
    expect(four).toEqual(['timeout', 'timeout', 'timeout', 'timeout']);
    await turns();
    expect([queue.running(), queue.queued()]).toEqual([0, 0]);
    // Each of them counts, and so does a look that is never answered.
    const stateAfter = async (outcome: string): Promise<string> => {
      await turns();
      return `${outcome}, ${gate.state()}`;
    };
    expect(await stateAfter(await ask())).toBe('timeout, open');
    clock.advance(PAUSE_MS);
    expect(await stateAfter(await ask())).toBe('timeout, open');
    answers = true;
    clock.advance(2 * PAUSE_MS);
    expect(await ask()).toBe('ok');
  });
});
