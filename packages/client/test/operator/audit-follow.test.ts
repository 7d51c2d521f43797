import fc from 'fast-check';
import type { AuditEvent } from '@agentwrit/protocol';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { auditEvents } from '../../src/operator/audit-events.js';
import {
  type AuditEventsOptions,
  readAuditEventsOptions,
} from '../../src/operator/audit-options.js';
import { TransportError } from '../../src/errors.js';
import { AgentWritError, AgentWritOperator, ProblemResponseError } from '../../src/index.js';
import { ADMIN_AUTH, AUDIT, deadToken, FakeBroker, problem, rejection } from '../fake-broker.js';
import { ScriptedLog } from './scripted-log.js';

const timeout = (): Error => new TransportError('timeout', 'http://broker', new Error('late'));

function refusal(status: number, retryAfterSeconds?: number): Error {
  const problem = { type: '', title: 'no', status, detail: '', instance: '' };
  return new ProblemResponseError(problem, { retryAfterSeconds });
}

/** Follows that log, in a time that the test turns. */
function follow(
  log: ScriptedLog,
  options: AuditEventsOptions = {},
  closing: AbortSignal = new AbortController().signal,
): AsyncIterator<AuditEvent> {
  const reading = readAuditEventsOptions({ follow: true, ...options });
  return auditEvents(reading, { page: log.page, closing })[Symbol.asyncIterator]();
}

/** Lets time pass, in steps, until the promise is settled. */
async function elapse<T>(promise: Promise<T>, stepMs = 100): Promise<T> {
  const settled = new AbortController();
  promise.then(
    () => settled.abort(),
    () => settled.abort(),
  );
  while (!settled.signal.aborted) await vi.advanceTimersByTimeAsync(stepMs);
  return promise;
}

async function numberOf(result: Promise<IteratorResult<AuditEvent>>): Promise<number | undefined> {
  const { done, value } = await elapse(result);
  return done === true ? undefined : Number(value.id.slice(4));
}

function logOf(...types: readonly string[]): ScriptedLog {
  const log = new ScriptedLog();
  log.append(...types);
  return log;
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('following the audit log', () => {
  test('goes on with what is written later, from where it was', async () => {
    const log = logOf('x', 'x');
    const events = follow(log);
    expect(await numberOf(events.next())).toBe(1);
    expect(await numberOf(events.next())).toBe(2);
    const third = events.next();
    await vi.advanceTimersByTimeAsync(5500);
    expect(log.looks).toHaveLength(6);
    log.append('x', 'x');
    expect(await numberOf(third)).toBe(3);
    expect(await numberOf(events.next())).toBe(4);
    expect(log.looks).toHaveLength(7);
  });

  test('does not wait between pages while there is more', async () => {
    const log = logOf('x', 'x', 'x', 'x', 'x');
    log.pageEvents = 2;
    const events = follow(log);
    for (const number of [1, 2, 3, 4, 5]) {
      expect((await events.next()).value).toMatchObject({ id: `evt-00000${number}` });
    }
    expect(vi.getTimerCount()).toBe(0);
  });

  test('of an empty log waits for the first event', async () => {
    const log = logOf();
    const first = follow(log, { pollMs: 100 }).next();
    await vi.advanceTimersByTimeAsync(350);
    expect(log.looks).toHaveLength(4);
    log.append('x');
    expect(await numberOf(first)).toBe(1);
  });

  test('ends after as many events as were asked for', async () => {
    const log = logOf('x', 'x');
    const events = follow(log, { limit: 3, offset: 1 });
    expect(await numberOf(events.next())).toBe(2);
    log.append('x', 'x', 'x');
    expect(await numberOf(events.next())).toBe(3);
    expect(await numberOf(events.next())).toBe(4);
    expect(await numberOf(events.next())).toBeUndefined();
    expect(vi.getTimerCount()).toBe(0);
  });

  // Growth, short pages, faults and, in half of the runs, another log in the place of the old one: what comes is a
  // beginning of what was written, all of it unless the log was replaced, and then a gap.
  test('neither loses nor doubles an event, and never takes another log for the same', async () => {
    const types = fc.array(fc.constantFrom('a', 'b'), { maxLength: 5 });
    const look = fc.record({
      growth: types,
      fault: fc.constantFrom('none', 'none', 'timeout', '503'),
    });
    const schedule = fc.record({
      looks: fc.array(look, { minLength: 1, maxLength: 12 }),
      pageEvents: fc.integer({ min: 2, max: 5 }),
      offset: fc.integer({ min: 0, max: 4 }),
      eventType: fc.constantFrom('a', undefined),
      replacedAt: fc.option(
        fc.record({ look: fc.integer({ min: 1, max: 11 }), size: fc.integer({ min: 0, max: 30 }) }),
        { nil: undefined },
      ),
    });
    await fc.assert(
      fc.asyncProperty(schedule, async ({ looks, pageEvents, offset, eventType, replacedAt }) => {
        // Enough to skip at the beginning: what is not there yet cannot be followed from.
        const log = logOf('a', 'a', 'a', 'a', 'a');
        log.pageEvents = pageEvents;
        let isReplaced = false;
        let old: readonly AuditEvent[] = [];
        log.onLook = () => {
          const index = log.looks.length - 1;
          if (index === replacedAt?.look) {
            old = log.events;
            log.startAnew();
            log.append(...Array<string>(replacedAt.size).fill('a'));
            isReplaced = true;
          }
          const { growth, fault } = looks[index] ?? { growth: [], fault: 'none' };
          log.append(...growth);
          if (index > 0 && fault === 'timeout') throw timeout();
          if (index > 0 && fault === '503') throw refusal(503);
        };
        const events = follow(log, { eventType, offset, pollMs: 100 });
        const seen: AuditEvent[] = [];
        const outcome: { error?: unknown; isOver: boolean } = { isOver: false };
        const reading = (async () => {
          try {
            for (;;) {
              const { done, value } = await events.next();
              if (done === true) return;
              seen.push(value);
            }
          } catch (error) {
            outcome.error = error;
          } finally {
            outcome.isOver = true;
          }
        })();
        // Past the last fault, and to the end of what was written.
        while (!outcome.isOver && log.looks.length < looks.length + 20) {
          await vi.advanceTimersByTimeAsync(1000);
        }
        await events.return?.();
        await reading;
        const written = (isReplaced ? old : log.events)
          .filter(({ event_type: type }) => eventType === undefined || type === eventType)
          .slice(offset);
        expect(seen).toEqual(isReplaced ? written.slice(0, seen.length) : written);
        if (isReplaced) expect(outcome.error).toMatchObject({ code: 'audit_gap' });
        else expect(outcome.error).toBeUndefined();
      }),
      { numRuns: 200 },
    );
  });

  test('from a place that the log has not got is a gap', async () => {
    const log = logOf('x', 'x');
    const error = await rejection(elapse(follow(log, { offset: 3 }).next()));
    expect(error).toBeInstanceOf(AgentWritError);
    expect(error).toMatchObject({ code: 'audit_gap' });
    expect(String(error)).toContain('2 matching events, where 3 were known');
  });

  test.each([
    { name: 'shorter', size: 1, evidence: '1 matching events, where 2 were known' },
    { name: 'as long', size: 2, evidence: 'number 2 of the matching events is not what it was' },
    { name: 'longer', size: 9, evidence: 'number 2 of the matching events is not what it was' },
  ])('ends with a gap when another log is $name', async ({ size, evidence }) => {
    const log = logOf('x', 'x');
    const events = follow(log);
    await elapse(events.next());
    await elapse(events.next());
    const third = events.next();
    await vi.advanceTimersByTimeAsync(0);
    log.startAnew();
    log.append(...Array<string>(size).fill('x'));
    const error = await rejection(elapse(third));
    expect(error).toMatchObject({ code: 'audit_gap' });
    expect(String(error)).toContain(evidence);
    expect(await events.next()).toMatchObject({ done: true });
    expect(vi.getTimerCount()).toBe(0);
  });

  test('begun at the end of another log shows as well', async () => {
    const log = logOf('x', 'x');
    const first = follow(log, { offset: 2 }).next();
    await vi.advanceTimersByTimeAsync(0);
    log.startAnew();
    log.append('x', 'x', 'x', 'x');
    expect(await rejection(elapse(first))).toMatchObject({ code: 'audit_gap' });
  });
});

describe('a fault of the broker', () => {
  test('is told and waited out, ever longer up to half a minute, as often as it takes', async () => {
    const log = logOf('x');
    const faults: unknown[] = [];
    const events = follow(log, { onFault: (error) => faults.push(error) });
    await elapse(events.next());
    const at: number[] = [];
    log.onLook = () => {
      at.push(Date.now());
      if (at.length > 1 && at.length <= 9) throw refusal(503);
      if (at.length === 10) log.append('x');
    };
    expect(await numberOf(events.next())).toBe(2);
    expect(faults).toHaveLength(8);
    const waits = at.map((time, index) => (time - (at[index - 1] ?? time)) / 1000);
    expect(waits.slice(2)).toEqual([1, 2, 4, 8, 16, 30, 30, 30]);
  });

  test('is forgotten once the broker answers', async () => {
    const log = logOf('x');
    const events = follow(log);
    await elapse(events.next());
    const at: number[] = [];
    log.onLook = () => {
      at.push(Date.now());
      if (at.length === 4) return;
      if (at.length < 6) throw timeout();
      log.append('x');
    };
    expect(await numberOf(events.next())).toBe(2);
    expect(at.map((time, index) => (time - (at[index - 1] ?? time)) / 1000)).toEqual([
      0, 1, 2, 4, 1, 1,
    ]);
  });

  test.each([
    { name: 'as long as the broker asks', seconds: 20, waitSeconds: 20 },
    { name: 'no longer than a minute', seconds: 86_400, waitSeconds: 60 },
  ])('is waited out $name', async ({ seconds, waitSeconds }) => {
    const log = logOf('x');
    const events = follow(log);
    await elapse(events.next());
    const at: number[] = [];
    log.onLook = () => {
      at.push(Date.now());
      if (at.length === 1) throw refusal(429, seconds);
      log.append('x');
    };
    expect(await numberOf(events.next())).toBe(2);
    expect(((at[1] ?? 0) - (at[0] ?? 0)) / 1000).toBe(waitSeconds);
  });

  test('that is a matter of time makes the pages smaller, and they grow again', async () => {
    const log = logOf('x');
    const events = follow(log);
    await elapse(events.next());
    let left = 3;
    log.looks.length = 0;
    log.onLook = () => {
      left -= 1;
      if (left >= 0) throw timeout();
    };
    const next = events.next();
    await vi.advanceTimersByTimeAsync(12_000);
    expect(log.looks.map(({ limit }) => limit)).toEqual([1000, 250, 62, 15, 30, 60, 120, 240]);
    await events.return?.();
    await next;
  });

  test('before the first answer is thrown', async () => {
    const log = logOf('x');
    log.onLook = () => {
      throw timeout();
    };
    const error = await rejection(elapse(follow(log).next()));
    expect(error).toMatchObject({ code: 'timeout' });
  });

  test.each([400, 401, 403, 404, 451])(
    'is not what a refusal with %i is: that is thrown',
    async (status) => {
      const log = logOf('x');
      const faults: unknown[] = [];
      const events = follow(log, { onFault: (error) => faults.push(error) });
      await elapse(events.next());
      log.onLook = () => {
        throw refusal(status);
      };
      expect(await rejection(elapse(events.next()))).toMatchObject({ status });
      expect(faults).toEqual([]);
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  test('ends the loop when the program says so', async () => {
    const log = logOf('x');
    const events = follow(log, {
      onFault: () => {
        throw new Error('enough');
      },
    });
    await elapse(events.next());
    log.onLook = () => {
      throw timeout();
    };
    expect(await rejection(elapse(events.next()))).toMatchObject({ message: 'enough' });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the end of following', () => {
  test('comes at once with its signal, and leaves no timer and no listener', async () => {
    const log = logOf('x');
    const controller = new AbortController();
    const remove = vi.spyOn(controller.signal, 'removeEventListener');
    const add = vi.spyOn(controller.signal, 'addEventListener');
    const events = follow(log, { signal: controller.signal, pollMs: 60_000 });
    await elapse(events.next());
    const next = rejection(events.next());
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(1);
    controller.abort(new Error('enough'));
    expect(await next).toMatchObject({ message: 'enough' });
    expect(vi.getTimerCount()).toBe(0);
    expect(remove).toHaveBeenCalledTimes(add.mock.calls.length);
  });

  test('comes at once when it is left while it waits', async () => {
    const log = logOf('x');
    const events = follow(log, { pollMs: 60_000 });
    await elapse(events.next());
    const next = events.next();
    await vi.advanceTimersByTimeAsync(0);
    expect(await events.return?.()).toMatchObject({ done: true });
    expect(await next).toMatchObject({ done: true });
    expect(vi.getTimerCount()).toBe(0);
    expect(log.looks).toHaveLength(1);
  });

  test('comes at once when it is left while a page is on its way', async () => {
    const log = logOf('x');
    const reading = readAuditEventsOptions({ follow: true });
    const source = {
      page: async (...[query, signal]: Parameters<Parameters<typeof auditEvents>[1]['page']>) => {
        if (log.looks.length === 0) return log.page(query);
        return new Promise<never>((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        });
      },
      closing: new AbortController().signal,
    };
    const events = auditEvents(reading, source)[Symbol.asyncIterator]();
    await elapse(events.next());
    const next = events.next();
    await vi.advanceTimersByTimeAsync(1000);
    expect(await events.return?.()).toMatchObject({ done: true });
    expect(await next).toMatchObject({ done: true });
  });

  test('leaves no timer when the loop is left', async () => {
    const log = logOf('x', 'x');
    const reading = readAuditEventsOptions({ follow: true });
    const source = { page: log.page, closing: new AbortController().signal };
    for await (const event of auditEvents(reading, source)) if (event.id === 'evt-000002') break;
    expect(vi.getTimerCount()).toBe(0);
    expect(log.looks).toHaveLength(1);
  });

  test('is not waited for when the operator is closed', async () => {
    vi.useRealTimers();
    await using broker = await FakeBroker.start();
    const operator = new AgentWritOperator({ brokerUrl: broker.url, adminSecret: 'x' });
    const events = operator.auditEvents({ follow: true, pollMs: 60_000 })[Symbol.asyncIterator]();
    const next = rejection(events.next());
    await vi.waitUntil(() => broker.to(AUDIT).length === 1);
    await operator.close();
    expect(await next).toMatchObject({ code: 'closed' });
  });
});

test('following over HTTP survives what a broker in trouble does, and a refused token is replaced', async () => {
  vi.useRealTimers();
  await using broker = await FakeBroker.start();
  await using operator = new AgentWritOperator({
    brokerUrl: broker.url,
    adminSecret: 'admin-secret',
    timeoutMs: 200,
  });
  const log = logOf('x');
  const html = '<p>back soon</p>';
  broker.on(
    AUDIT,
    log.answer,
    problem(500, 'internal_error', 'failed'),
    log.answer,
    (response) => void response.destroy(),
    (response) => void response.destroy(),
    log.answer,
    (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end(html),
    log.answer,
    () => {},
    log.answer,
    problem(429, 'rate_limited', 'too many'),
    log.answer,
    deadToken,
    (response, seen) => {
      log.append('x');
      return log.answer(response, seen);
    },
    problem(403, 'insufficient_scope', 'no'),
  );
  const codes: string[] = [];
  const seen: string[] = [];
  const error = await rejection(
    (async () => {
      const options = { pollMs: 100, onFault: ({ code }: AgentWritError) => void codes.push(code) };
      for await (const { id } of operator.auditEvents({ follow: true, ...options })) seen.push(id);
    })(),
  );
  expect(error).toMatchObject({ status: 403 });
  expect(codes).toEqual([
    'internal_error',
    'transport',
    'malformed_answer',
    'timeout',
    'rate_limited',
  ]);
  expect(seen).toEqual(['evt-000001', 'evt-000002']);
  expect(broker.to(ADMIN_AUTH)).toHaveLength(2);
});
