// What a feed may say, in which order, and what a guard makes of it.

import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createGuard,
  type Guard,
  type GuardAnswer,
  type Moment,
  type RevocationFeed,
  type RevocationSink,
} from '../src/index.js';
import { FakeClock, requestWith, ScriptedBroker, tokenOf } from './fixtures.js';

interface Setup {
  readonly guard: Guard;
  readonly clock: FakeClock;
  readonly broker: ScriptedBroker;
  readonly sink: RevocationSink;
  /** Whether a request is let in without a question, after one before it has been answered. */
  readonly isWarm: () => Promise<boolean>;
}

const request = requestWith(tokenOf());

function setUp(): Setup {
  const sinks: RevocationSink[] = [];
  const feed: RevocationFeed = {
    subscribe(sink) {
      sinks.push(sink);
      return () => undefined;
    },
  };
  const broker = new ScriptedBroker();
  const clock = new FakeClock();
  const guard = createGuard({ broker, clock, feed, maxAge: 250, maxAgeWithoutFeed: 5 });
  onTestFinished(() => guard.close());
  const check = guard.requireScope('read:data:7');
  const [sink] = sinks;
  if (sink === undefined) throw new Error('nobody has subscribed');
  const isWarm = async (): Promise<boolean> => {
    const answer: GuardAnswer | Promise<GuardAnswer> = check(request);
    await answer;
    return 'outcome' in answer;
  };
  return { guard, clock, broker, sink, isWarm };
}

async function warnings(run: () => void): Promise<readonly string[]> {
  // What was said before is still on its way.
  await new Promise((resolve) => setImmediate(resolve));
  const heard: string[] = [];
  const listen = (warning: Error): void => void heard.push(warning.message);
  process.on('warning', listen);
  run();
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', listen);
  return heard;
}

describe('a feed', () => {
  it('in step keeps verdicts warm for as long as it goes on saying so', async () => {
    const { clock, sink, isWarm } = setUp();
    sink.synced(sink.moment());
    await isWarm();
    for (let round = 0; round < 10; round += 1) {
      clock.advance(4_000);
      sink.synced(sink.moment());
      expect(await isWarm()).toBe(true);
    }
    clock.advance(6_000);
    expect(await isWarm()).toBe(false);
  });

  it('that was lost is not in step again by a moment from before', async () => {
    const { clock, sink, isWarm } = setUp();
    sink.synced(sink.moment());
    const before = sink.moment();
    await isWarm();
    sink.lost('events were dropped');
    sink.synced(before);
    clock.advance(4_000);
    // As young as any without a feed.
    expect(await isWarm()).toBe(true);
    sink.synced(sink.moment());
    // And now asked again, because what was dropped may have ended it.
    expect(await isWarm()).toBe(false);
  });

  it.each([
    ['of another guard', (other: RevocationSink) => other.moment()],
    ['that is none', () => ({}) as Moment],
    ['that is missing', () => undefined as unknown as Moment],
  ])('cannot be in step by a moment %s, says so, and harms nobody', async (_name, momentOf) => {
    const { clock, guard, sink, isWarm } = setUp();
    const other = setUp();
    for (let count = 0; count < 1_000; count += 1) other.sink.moment();
    sink.synced(sink.moment());
    await isWarm();
    const heard = await warnings(() => sink.synced(momentOf(other.sink)));
    expect(heard).toEqual([expect.stringContaining("a moment that is not this guard's")]);
    expect(guard.stats().feed).toBe('behind');
    clock.advance(1_000);
    expect(await isWarm()).toBe(true);
    sink.synced(sink.moment());
    await isWarm();
    expect(await isWarm()).toBe(true);
    expect(guard.stats().feed).toBe('in step');
  });

  it('must give a function that ends it', () => {
    const feed = { subscribe: async () => () => undefined } as unknown as RevocationFeed;
    expect(() => createGuard({ broker: new ScriptedBroker(), feed })).toThrow(
      new TypeError('"feed.subscribe" must return a function that ends it'),
    );
  });

  it.each([
    ['throws', () => () => Promise.reject(new Error('no'))],
    ['never resolves', () => () => new Promise<void>(() => undefined)],
  ])('whose end %s does not keep the guard from closing', async (_name, subscribe) => {
    const guard = createGuard({
      broker: new ScriptedBroker(),
      feed: { subscribe },
      timeoutMs: 100,
    });
    const startedAt = performance.now();
    await guard.close();
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });
});
