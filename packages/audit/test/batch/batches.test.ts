import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Deferred, turns } from '../../../core/test/fixtures.js';
import { Batches, type BatchesOptions } from '../../src/batch/batches.js';
import { SinkError, type SinkFault } from '../../src/batch/sink-error.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

interface Call {
  readonly items: readonly number[];
  readonly signal: AbortSignal;
  readonly end: Deferred<void>;
}

/** Batches of numbers, negative ones minor, whose writes end when the test says so. */
function setUp(options: Partial<BatchesOptions<number>> = {}): {
  batches: Batches<number>;
  calls: Call[];
  dropped: [SinkFault, ...number[]][];
} {
  const calls: Call[] = [];
  const dropped: [SinkFault, ...number[]][] = [];
  const batches = new Batches<number>({
    write(items, signal) {
      const end = new Deferred<void>();
      calls.push({ items, signal, end });
      return end.promise;
    },
    maxQueued: 100,
    maxBatch: 10,
    timeoutMs: 2000,
    retries: 0,
    isMinor: (item) => item < 0,
    onDropped: (items, reason) => dropped.push([reason, ...items]),
    ...options,
  });
  return { batches, calls, dropped };
}

/** What came of it, once that is known. */
function watch(promise: Promise<void>): { outcome: string } {
  const watched = { outcome: 'waits' };
  promise.then(
    () => (watched.outcome = 'written'),
    (error: unknown) => (watched.outcome = error instanceof SinkError ? error.code : String(error)),
  );
  return watched;
}

describe('batches', () => {
  it('do not write while something is added, and write all of one turn together', async () => {
    const { batches, calls } = setUp();
    for (const item of [1, 2, 3]) batches.add(item);
    expect(calls).toHaveLength(0);
    await turns();
    expect(calls.map(({ items }) => items)).toEqual([[1, 2, 3]]);
  });

  it('write one batch at a time, in order, none larger than allowed', async () => {
    const { batches, calls } = setUp({ maxBatch: 2 });
    batches.add(1);
    await turns();
    for (const item of [2, 3, 4]) batches.add(item);
    await turns();
    expect(calls.map(({ items }) => items)).toEqual([[1]]);
    for (const number of [0, 1, 2]) {
      calls[number]?.end.resolve();
      await turns();
    }
    expect(calls.map(({ items }) => items)).toEqual([[1], [2, 3], [4]]);
    expect(batches.figures).toEqual({ written: 4, dropped: 0, queued: 0, faults: 0 });
  });

  it('keep the promise of an item when its own batch has been written, not before', async () => {
    const { batches, calls } = setUp({ maxBatch: 1 });
    const [first, second] = [watch(batches.commit(1)), watch(batches.commit(2))];
    await turns();
    calls[0]?.end.resolve();
    await turns();
    expect([first.outcome, second.outcome]).toEqual(['written', 'waits']);
    calls[1]?.end.resolve();
    await turns();
    expect(second.outcome).toBe('written');
  });

  it('say what a write failed with, to all whose items were in it, and go on', async () => {
    const { batches, calls, dropped } = setUp();
    const failures = [1, 2].map((item) => batches.commit(item).catch((error: unknown) => error));
    await turns();
    const cause = new Error('disk full');
    calls[0]?.end.reject(cause);
    for (const failure of failures) {
      expect(await failure).toMatchObject({ name: 'SinkError', code: 'write_failed', cause });
    }
    expect(dropped).toEqual([['write_failed', 1, 2]]);
    const next = watch(batches.commit(3));
    await turns();
    calls[1]?.end.resolve();
    await turns();
    expect(next.outcome).toBe('written');
    expect(batches.figures).toEqual({ written: 1, dropped: 2, queued: 0, faults: 1 });
  });

  it('take a write that throws for one that failed', async () => {
    const { batches } = setUp({
      write() {
        throw new Error('at once');
      },
    });
    await expect(batches.commit(1)).rejects.toMatchObject({ code: 'write_failed' });
  });

  it('have no more in them than allowed, those being written included', async () => {
    const { batches, calls, dropped } = setUp({ maxQueued: 3, maxBatch: 2 });
    for (const item of [1, 2]) batches.add(item);
    await turns();
    batches.add(3);
    const tooMany = watch(batches.commit(4));
    await turns();
    expect(tooMany.outcome).toBe('queue_full');
    expect(dropped).toEqual([['queue_full', 4]]);
    expect(batches.figures.queued).toBe(3);
    calls[0]?.end.resolve();
    await turns();
    batches.add(5);
    expect(dropped).toHaveLength(1);
  });

  it('give at most half of their room to what is minor, and it back when that has been written', async () => {
    const { batches, calls, dropped } = setUp({ maxQueued: 4 });
    for (const item of [-1, -2, -3, 1, 2]) batches.add(item);
    expect(dropped).toEqual([['queue_full', -3]]);
    await turns();
    calls[0]?.end.resolve();
    await turns();
    for (const item of [-4, -5]) batches.add(item);
    expect(dropped).toHaveLength(1);
  });

  it('take no more memory than allowed, those being written included, and give it back', async () => {
    const { batches, calls, dropped } = setUp({
      maxQueuedBytes: 10,
      sizeOf: Math.abs,
      maxBatch: 1,
    });
    for (const item of [4, 5]) batches.add(item);
    await turns();
    for (const item of [2, 1]) batches.add(item);
    expect(dropped).toEqual([['queue_full', 2]]);
    calls[0]?.end.resolve();
    await turns();
    for (const item of [5, 4]) batches.add(item);
    expect(dropped.slice(1)).toEqual([['queue_full', 5]]);
    expect(batches.figures.queued).toBe(3);
  });

  it('give at most half of that memory to what is minor', async () => {
    const { batches, calls, dropped } = setUp({ maxQueuedBytes: 10, sizeOf: Math.abs });
    for (const item of [-6, -3, -3, 3, -2]) batches.add(item);
    expect(dropped).toEqual([
      ['queue_full', -6],
      ['queue_full', -3],
    ]);
    await turns();
    calls[0]?.end.resolve();
    await turns();
    batches.add(-5);
    expect(dropped).toHaveLength(2);
  });

  it('give back the memory of what it is too late for', async () => {
    const { batches, dropped } = setUp({ maxQueuedBytes: 10, sizeOf: Math.abs, maxBatch: 1 });
    batches.add(1);
    await turns();
    for (const item of [4, 5]) watch(batches.commit(item));
    vi.advanceTimersByTime(2000);
    batches.add(9);
    expect(dropped).toEqual([['timeout', 4, 5]]);
  });

  it('let nobody wait longer than allowed, whether the write hangs or has not begun', async () => {
    const { batches, calls } = setUp({ maxBatch: 1 });
    const running = watch(batches.commit(1));
    await turns();
    vi.advanceTimersByTime(500);
    const waiting = watch(batches.commit(2));
    vi.advanceTimersByTime(1499);
    await turns();
    expect([running.outcome, waiting.outcome]).toEqual(['waits', 'waits']);
    vi.advanceTimersByTime(1);
    await turns();
    expect([running.outcome, waiting.outcome]).toEqual(['timeout', 'waits']);
    vi.advanceTimersByTime(500);
    await turns();
    expect(waiting.outcome).toBe('timeout');
    expect(calls).toHaveLength(1);
  });

  it('do not write what nobody waits for any more, and count what a late write has written', async () => {
    const { batches, calls, dropped } = setUp({ maxBatch: 1 });
    for (const item of [1, 2]) watch(batches.commit(item));
    await turns();
    vi.advanceTimersByTime(2000);
    calls[0]?.end.resolve();
    await turns();
    expect(calls.map(({ items }) => items)).toEqual([[1]]);
    expect(dropped).toEqual([['timeout', 2]]);
    expect(batches.figures).toEqual({ written: 1, dropped: 1, queued: 0, faults: 0 });
  });

  it('let what is minor wait for as long as it takes', async () => {
    const { batches, calls } = setUp({ maxBatch: 1 });
    const outcomes = [watch(batches.commit(1)), watch(batches.commit(-1))];
    await turns();
    vi.advanceTimersByTime(60_000);
    for (const number of [0, 1]) {
      calls[number]?.end.resolve();
      await turns();
    }
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['timeout', 'written']);
  });

  it('tell a write by its signal when its time is over, and begin none beside it', async () => {
    const { batches, calls } = setUp({ maxBatch: 1 });
    for (const item of [1, 2]) batches.add(item);
    await turns();
    vi.advanceTimersByTime(1999);
    expect(calls[0]?.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    await turns();
    expect(calls[0]?.signal.aborted).toBe(true);
    expect(calls).toHaveLength(1);
  });

  it('repeat a write that failed after a pause that doubles, as often as allowed, all of it in order', async () => {
    const { batches, calls, dropped } = setUp({ retries: 2 });
    for (const item of [1, 2]) batches.add(item);
    await turns();
    for (const [number, pauseMs] of [100, 200].entries()) {
      calls[number]?.end.reject(new Error('not now'));
      await turns();
      batches.add(3 + number);
      vi.advanceTimersByTime(pauseMs - 1);
      await turns();
      expect(calls).toHaveLength(number + 1);
      vi.advanceTimersByTime(1);
      await turns();
      expect(calls[number + 1]?.items).toEqual([1, 2]);
    }
    calls[2]?.end.reject(new Error('not now'));
    await turns();
    expect(dropped).toEqual([['write_failed', 1, 2]]);
    expect(calls[3]?.items).toEqual([3, 4]);
    expect(batches.figures.faults).toBe(3);
  });

  it('pause for five seconds at the longest', async () => {
    const { batches, calls } = setUp({ retries: 100 });
    batches.add(1);
    await turns();
    for (let fault = 0; fault < 20; fault += 1) {
      calls[fault]?.end.reject(new Error('not now'));
      await turns();
      vi.advanceTimersByTime(5000);
      await turns();
      expect(calls).toHaveLength(fault + 2);
    }
  });

  it('do not repeat for somebody who has stopped waiting', async () => {
    const { batches, calls, dropped } = setUp({ retries: 1 });
    const outcome = watch(batches.commit(1));
    batches.add(2);
    await turns();
    vi.advanceTimersByTime(2000);
    calls[0]?.end.reject(new Error('aborted'));
    await turns();
    vi.advanceTimersByTime(100);
    await turns();
    expect(outcome.outcome).toBe('timeout');
    expect(calls[1]?.items).toEqual([2]);
    expect(dropped).toEqual([['timeout', 1]]);
  });

  it('are flushed when all that came before has been written, whatever comes after', async () => {
    const { batches, calls } = setUp({ maxBatch: 1 });
    await batches.flush();
    for (const item of [1, 2]) batches.add(item);
    const flushed = watch(batches.flush());
    await turns();
    batches.add(3);
    calls[0]?.end.resolve();
    await turns();
    expect(flushed.outcome).toBe('waits');
    calls[1]?.end.resolve();
    await turns();
    expect(flushed.outcome).toBe('written');
    expect(calls[2]?.items).toEqual([3]);
  });
});

describe('batches that are closed', () => {
  it('write what they have, then end, and take no more', async () => {
    const { batches, calls, dropped } = setUp({ maxBatch: 1 });
    for (const item of [1, 2]) batches.add(item);
    const closed = watch(batches.close());
    expect(batches.close()).toBe(batches.close());
    const after = watch(batches.commit(3));
    for (const number of [0, 1]) {
      await turns();
      expect(closed.outcome).toBe('waits');
      calls[number]?.end.resolve();
    }
    await turns();
    expect([closed.outcome, after.outcome]).toEqual(['written', 'closed']);
    expect(dropped).toEqual([['closed', 3]]);
    expect(batches.figures).toEqual({ written: 2, dropped: 1, queued: 0, faults: 0 });
  });

  it('pause only shortly before a write is repeated, until the time is over', async () => {
    // Four of which are used up before it is closed: from then on only the time counts.
    const { batches, calls, dropped } = setUp({ retries: 5 });
    batches.add(1);
    for (const [number, pauseMs] of [100, 200, 400, 800].entries()) {
      await turns();
      calls[number]?.end.reject(new Error('not now'));
      await turns();
      if (number < 3) vi.advanceTimersByTime(pauseMs);
    }
    const closed = watch(batches.close());
    for (let number = 4; number < 23; number += 1) {
      await turns();
      calls[number]?.end.reject(new Error('not now'));
      await turns();
      vi.advanceTimersByTime(100);
    }
    await turns();
    expect([calls.length, closed.outcome]).toEqual([24, 'waits']);
    vi.advanceTimersByTime(100);
    await turns();
    expect(calls[23]?.signal.aborted).toBe(true);
    expect(closed.outcome).toBe('written');
    expect(dropped).toEqual([['closed', 1]]);
  });

  it('end within the time although a write hangs, and count nothing twice when it ends after all', async () => {
    const { batches, calls, dropped } = setUp({ maxBatch: 1 });
    batches.add(1);
    const waiting = watch(batches.commit(2));
    batches.add(3);
    await turns();
    vi.advanceTimersByTime(1000);
    const closed = watch(batches.close());
    vi.advanceTimersByTime(1999);
    await turns();
    expect([closed.outcome, waiting.outcome]).toEqual(['waits', 'timeout']);
    vi.advanceTimersByTime(1);
    await turns();
    expect(closed.outcome).toBe('written');
    expect(calls[0]?.signal.aborted).toBe(true);
    calls[0]?.end.resolve();
    await turns();
    expect(calls).toHaveLength(1);
    expect(dropped).toEqual([
      ['timeout', 2],
      ['closed', 1, 3],
    ]);
    expect(batches.figures).toEqual({ written: 0, dropped: 3, queued: 0, faults: 0 });
  });

  it('are flushed, although the write that hung when they were closed goes on', async () => {
    const { batches, calls } = setUp();
    batches.add(1);
    await turns();
    const closed = watch(batches.close());
    vi.advanceTimersByTime(2000);
    await turns();
    const flushed = watch(batches.flush());
    await turns();
    expect([calls.length, closed.outcome, flushed.outcome]).toEqual([1, 'written', 'written']);
  });
});
