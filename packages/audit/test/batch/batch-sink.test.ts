import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DecisionEvent } from '@agentwrit/protocol';
import { Deferred, requestWith, tokenOf, turns } from '../../../core/test/fixtures.js';
import { outcomeOf, setScene } from '../../../core/test/guard-scene.js';
import {
  type BatchSinkOptions,
  createBatchSink,
  type DropNotice,
  type SinkError,
} from '../../src/index.js';
import { allowed, NOON_MS, refused } from '../decision.js';

describe('a batch sink', () => {
  it('hands decisions of a guard on, in order, and lets no request wait for that', async () => {
    const written: (readonly DecisionEvent[])[] = [];
    const end = new Deferred<void>();
    const sink = createBatchSink({
      write(events) {
        written.push(events);
        return end.promise;
      },
    });
    const { guard } = setScene({ onDecision: sink });
    const check = guard.requireScope('read:data:customer-cust-7291');
    expect(outcomeOf(await check(requestWith(tokenOf())))).toBe('allow');
    await turns();
    expect(outcomeOf(check(requestWith(tokenOf())))).toBe('allow');
    expect(outcomeOf(check(requestWith(undefined)))).toBe('missing_token');
    end.resolve();
    await sink.flush();
    expect(written.map((events) => events.map(({ outcome }) => outcome))).toEqual([
      ['allow'],
      ['allow', 'refuse'],
    ]);
    expect(sink.stats()).toEqual({ written: 3, dropped: 0, queued: 0, faults: 0 });
  });

  it('returns nothing where it is not required, and a promise of the write where it is', async () => {
    expect(createBatchSink({ write: () => undefined })(allowed())).toBeUndefined();
    const end = new Deferred<void>();
    const required = createBatchSink({ write: () => end.promise, required: true });
    let isKept = false;
    const kept = required(allowed())?.then(() => (isKept = true));
    await turns();
    expect(isKept).toBe(false);
    end.resolve();
    await kept;
    expect([createBatchSink({ write: () => undefined }).isRequired, required.isRequired]).toEqual([
      false,
      true,
    ]);
  });

  it('says why a required decision is not written, with the cause, and nothing of the decision', async () => {
    const cause = new Error('no such table');
    const sink = createBatchSink({ write: () => Promise.reject(cause), required: true });
    const error = await Promise.resolve(sink(allowed())).then(
      () => undefined,
      (reason: unknown) => reason as SinkError,
    );
    expect(error).toMatchObject({ name: 'SinkError', code: 'write_failed', cause });
    expect(`${error?.message}${error?.stack}`).not.toMatch(/cust-7291|spiffe:/);
  });

  it('repeats a failed write where it is not required, and does not where it is', async () => {
    for (const [required, calls] of [
      [false, 2],
      [true, 1],
    ] as const) {
      const write = vi.fn().mockRejectedValueOnce(new Error('reset')).mockResolvedValue(undefined);
      const sink = createBatchSink({ write, required });
      await Promise.resolve(sink(allowed())).catch(() => undefined);
      await sink.close();
      expect(write).toHaveBeenCalledTimes(calls);
    }
  });

  it('keeps half of its room for requests that are let in, however many are refused', async () => {
    const end = new Deferred<void>();
    const sink = createBatchSink({ write: () => end.promise, maxQueued: 4, required: true });
    const outcomes: string[] = [];
    const note = (name: string, event: DecisionEvent): void => {
      Promise.resolve(sink(event)).then(
        () => outcomes.push(`${name} written`),
        (error: unknown) => outcomes.push(`${name} ${(error as SinkError).code}`),
      );
    };
    for (const name of ['first', 'second', 'third']) note(name, refused());
    note('good', allowed());
    note('anonymous', allowed({ outcome: 'anonymous' }));
    await turns();
    expect(outcomes).toEqual(['third queue_full']);
    end.resolve();
    await turns();
    expect(outcomes).toContain('good written');
    expect(outcomes).toContain('anonymous written');
  });

  it('keeps little of a flood of refusals with long scopes, and room for the others', async () => {
    const end = new Deferred<void>();
    const sink = createBatchSink({ write: () => end.promise });
    const requiredScope = [`read:data:${'x'.repeat(15_000)}`];
    for (let count = 0; count < 5000; count += 1) void sink(refused({ requiredScope }));
    const bytes = sink.stats().queued * 15_000;
    expect(bytes).toBeGreaterThan(15 * 1024 * 1024);
    expect(bytes).toBeLessThan(16 * 1024 * 1024);
    const before = sink.stats().dropped;
    for (let count = 0; count < 1000; count += 1) void sink(allowed({ requiredScope }));
    expect(sink.stats().dropped).toBe(before);
    end.resolve();
    await sink.close();
  });

  it('keeps ten thousand usual decisions', async () => {
    const sink = createBatchSink({ write: () => undefined });
    for (let count = 0; count < 5000; count += 1)
      for (const event of [allowed(), refused()]) void sink(event);
    expect(sink.stats()).toMatchObject({ dropped: 0, queued: 10_000 });
    await sink.close();
  });

  it('ends no process whose program looks away when a required decision is not written', async () => {
    const program = `
      import { createBatchSink } from '@agentwrit/audit';
      const sink = createBatchSink({ write: () => Promise.reject(new Error('reset')), required: true });
      const onDecision = (event) => void sink(event);
      onDecision(${JSON.stringify(allowed())});
      await sink.flush();
      setImmediate(() => console.log(JSON.stringify(sink.stats())));
    `;
    const args = ['--input-type=module', '--eval', program];
    const options = { cwd: import.meta.dirname, timeout: 15_000 };
    const { stdout } = await promisify(execFile)(process.execPath, args, options);
    expect(JSON.parse(stdout)).toEqual({ written: 0, dropped: 1, queued: 0, faults: 1 });
  });

  it('keeps no process alive in order to repeat a write', async () => {
    const program = `
      import { createBatchSink } from '@agentwrit/audit';
      const sink = createBatchSink({ write: () => Promise.reject(new Error('reset')), retries: 1000 });
      sink(${JSON.stringify(allowed())});
      process.on('exit', () => console.log(JSON.stringify(sink.stats())));
    `;
    const args = ['--input-type=module', '--eval', program];
    const options = { cwd: import.meta.dirname, timeout: 15_000 };
    const { stdout } = await promisify(execFile)(process.execPath, args, options);
    expect(JSON.parse(stdout)).toEqual({ written: 0, dropped: 0, queued: 1, faults: 1 });
  });

  it.each<{ name: string; options: object }>([
    { name: 'write', options: { write: 'insert' } },
    { name: 'maxQueued', options: { maxQueued: 1 } },
    { name: 'maxQueued', options: { maxQueued: Number.NaN } },
    { name: 'maxQueuedBytes', options: { maxQueuedBytes: 0 } },
    { name: 'maxBatch', options: { maxBatch: 0 } },
    { name: 'required', options: { required: 'yes' } },
    { name: 'timeoutMs', options: { timeoutMs: 0 } },
    { name: 'retries', options: { retries: -1 } },
    { name: 'onDropped', options: { onDropped: true } },
    { name: 'maxQueue', options: { maxQueue: 5 } },
  ])('names the option "$name" when it is wrong', ({ name, options }) => {
    const wrong = { write: () => undefined, ...options } as BatchSinkOptions;
    expect(() => createBatchSink(wrong)).toThrow(new RegExp(`"${name}"`));
  });
});

describe('a batch sink that loses decisions', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('tells of them at most once a second, how many and from when to when, for each reason', async () => {
    const notices: DropNotice[] = [];
    const sink = createBatchSink({
      write: () => Promise.reject(new Error('reset')),
      retries: 0,
      maxQueued: 2,
      onDropped: (notice) => notices.push(notice),
    });
    for (const seconds of [0, 1, 2, 3]) void sink(allowed({ time: NOON_MS + seconds * 1000 }));
    await turns();
    vi.advanceTimersByTime(999);
    expect(notices).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(notices).toEqual([
      {
        count: 2,
        reason: 'queue_full',
        firstTime: NOON_MS + 2000,
        lastTime: NOON_MS + 3000,
      },
      {
        count: 2,
        reason: 'write_failed',
        cause: new Error('reset'),
        firstTime: NOON_MS,
        lastTime: NOON_MS + 1000,
      },
    ]);
    void sink(allowed());
    await turns();
    await sink.close();
    expect(notices.slice(2)).toEqual([
      {
        count: 1,
        reason: 'write_failed',
        cause: new Error('reset'),
        firstTime: NOON_MS,
        lastTime: NOON_MS,
      },
    ]);
    expect(sink.stats()).toEqual({ written: 0, dropped: 5, queued: 0, faults: 2 });
  });

  it.each<{ name: string; onDropped: () => unknown }>([
    {
      name: 'throws',
      onDropped() {
        throw new Error('cannot be told');
      },
    },
    { name: 'rejects', onDropped: () => Promise.reject(new Error('cannot be told')) },
  ])('warns of it once, and goes on when whoever is told $name', async ({ onDropped }) => {
    const warnings: (Error & { code?: string })[] = [];
    const note = (warning: Error): void => void warnings.push(warning);
    process.on('warning', note);
    const sink = createBatchSink({
      write: () => undefined,
      maxQueued: 2,
      onDropped,
    });
    for (let count = 0; count < 5; count += 1) void sink(allowed());
    expect(() => vi.advanceTimersByTime(1000)).not.toThrow();
    await sink.flush();
    await turns();
    process.off('warning', note);
    expect(warnings.map(({ code }) => code)).toEqual(['AGENTWRIT_DECISIONS_LOST']);
    expect(sink.stats().written).toBe(2);
  });
});
