import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuditEventsOptions, AgentWritOperator } from '../../src/index.js';
import {
  ADMIN_AUTH,
  AUDIT,
  deadToken,
  FakeBroker,
  json,
  problem,
  rejection,
} from '../fake-broker.js';
import { collect, ScriptedLog } from './scripted-log.js';

let broker: FakeBroker;
let operator: AgentWritOperator;

beforeAll(async () => {
  broker = await FakeBroker.start();
  operator = new AgentWritOperator({ brokerUrl: broker.url, adminSecret: 'admin-secret' });
});

afterAll(async () => {
  await operator.close();
  await broker[Symbol.asyncDispose]();
});

/** The broker has this log from now on. */
function logOf(...types: readonly string[]): ScriptedLog {
  const log = new ScriptedLog();
  log.append(...types);
  broker.on(AUDIT, log.answer);
  return log;
}

const numbers = (events: readonly { readonly id: string }[]): number[] =>
  events.map(({ id }) => Number(id.slice(4)));

describe('reading the audit log', () => {
  test('asks for nothing before the first event is asked for, and for no page more than needed', async () => {
    const log = logOf(...Array<string>(10).fill('x'));
    log.pageEvents = 4;
    const events = operator.auditEvents();
    expect(log.looks).toHaveLength(0);
    for await (const { id } of events) if (id === 'evt-000004') break;
    expect(log.looks).toHaveLength(1);
    expect(numbers(await collect(events))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(log.looks.slice(1).map(({ offset }) => offset)).toEqual([0, 3, 6]);
  });

  test('gives each event as the broker wrote it', async () => {
    const log = logOf('x');
    const extra = { resource: '/v1/revoke', deleg_depth: 1, deleg_chain_hash: 'ab', agent_id: 'a' };
    log.events = log.events.map((event) => ({ ...event, ...extra }));
    const [event] = await collect(operator.auditEvents());
    expect(JSON.parse(JSON.stringify(event))).toEqual(JSON.parse(JSON.stringify(log.events[0])));
    expect(event).toMatchObject(extra);
  });

  test('names every filter, so that the broker can read it', async () => {
    logOf();
    const before = broker.to(AUDIT).length;
    const options: AuditEventsOptions = {
      agentId: 'spiffe://d/agent/o/t/1',
      taskId: 'a+b&c=d é',
      eventType: 'token_revoked',
      outcome: 'denied',
      since: '2026-02-15T14:00:00+02:00',
      until: new Date(Date.UTC(2026, 1, 15, 13)),
      offset: 3,
      limit: 7,
    };
    await collect(operator.auditEvents(options));
    const [seen] = broker.to(AUDIT).slice(before);
    expect(seen?.route).toContain('since=2026-02-15T14%3A00%3A00%2B02%3A00');
    const { searchParams } = new URL((seen?.route ?? '').replace('GET ', ''), 'http://localhost');
    expect(Object.fromEntries(searchParams)).toEqual({
      agent_id: 'spiffe://d/agent/o/t/1',
      task_id: 'a+b&c=d é',
      event_type: 'token_revoked',
      outcome: 'denied',
      since: '2026-02-15T14:00:00+02:00',
      until: '2026-02-15T13:00:00.000Z',
      offset: '2',
      limit: '8',
    });
  });

  // Exactly what was in the log at the first look, from `offset` on, `limit` at most, each once.
  test('neither loses nor doubles an event, however the log grows and is paged', async () => {
    const types = fc.array(fc.constantFrom('a', 'b'), { maxLength: 6 });
    const schedule = fc.record({
      growth: fc.array(types, { minLength: 1, maxLength: 8 }),
      pageEvents: fc.integer({ min: 2, max: 5 }),
      offset: fc.integer({ min: 0, max: 7 }),
      limit: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
      eventType: fc.constantFrom('a', undefined),
    });
    await fc.assert(
      fc.asyncProperty(schedule, async ({ growth, pageEvents, offset, limit, eventType }) => {
        const log = logOf();
        log.pageEvents = pageEvents;
        let there: number[] | undefined;
        log.onLook = () => {
          log.append(...(growth[log.looks.length - 1] ?? ['a']));
          const matches = log.events.filter(
            ({ event_type: type }) => eventType === undefined || type === eventType,
          );
          there ??= numbers(matches);
        };
        const events = await collect(operator.auditEvents({ eventType, offset, limit }));
        const wanted = (there ?? []).slice(offset, offset + (limit ?? Infinity));
        expect(numbers(events)).toEqual(wanted);
      }),
      { numRuns: 200 },
    );
  });

  test('ends, though the log grows faster than it is read', async () => {
    const log = logOf('x', 'x', 'x');
    log.pageEvents = 2;
    log.onLook = () => log.append('x', 'x', 'x');
    expect(numbers(await collect(operator.auditEvents()))).toEqual([1, 2, 3, 4, 5, 6]);
    expect(numbers(await collect(operator.auditEvents({ limit: 4 })))).toEqual([1, 2, 3, 4]);
  });

  test('ends with a gap when the log is another one between two pages', async () => {
    const log = logOf('x', 'x', 'x', 'x', 'x');
    log.pageEvents = 2;
    const seen: string[] = [];
    const error = await rejection(
      (async () => {
        for await (const { id } of operator.auditEvents()) {
          seen.push(id);
          if (seen.length > 1) continue;
          log.startAnew();
          log.append(...Array<string>(9).fill('x'));
        }
      })(),
    );
    expect(error).toMatchObject({ code: 'audit_gap' });
    expect(seen).toEqual(['evt-000001', 'evt-000002']);
  });

  test('asks for less when a page is too large, and reads events as large as they come', async () => {
    const log = logOf('x', 'big', 'big', 'big');
    // What a caller can put there: 12 MiB on the wire. Two of them can be read at once, three cannot.
    const detail = '\u0001'.repeat(2 * 1024 * 1024);
    log.events = log.events.map((event, index) => (index === 0 ? event : { ...event, detail }));
    const events = await collect(operator.auditEvents({ limit: 4 }));
    expect(numbers(events)).toEqual([1, 2, 3, 4]);
    expect(events[3]?.detail).toBe(detail);
    expect(log.looks.map(({ offset, limit }) => [offset, limit])).toEqual([
      [0, 4],
      [0, 2],
      [1, 3],
      [1, 2],
      [2, 2],
    ]);
  });

  test.each([
    { name: 'another offset', page: { events: [], total: 0, offset: 7, limit: 1000 } },
    { name: 'another limit', page: { events: [], total: 0, offset: 0, limit: 100 } },
    { name: 'less than there is', page: { events: [], total: 3 } },
    { name: 'no events', page: { total: 0 } },
  ])('does not take a page with $name for the one asked for', async ({ page }) => {
    broker.on(AUDIT, json(200, page));
    const error = await rejection(collect(operator.auditEvents()));
    expect(error).toMatchObject({ code: 'malformed_answer' });
  });

  test('does not take more events than were asked for', async () => {
    const log = logOf('x', 'x');
    broker.on(AUDIT, json(200, { events: log.events, total: 2 }));
    const error = await rejection(collect(operator.auditEvents({ limit: 1 })));
    expect(error).toMatchObject({ code: 'malformed_answer' });
  });

  test('ends where the first total says, even in the middle of a page', async () => {
    const log = logOf('x', 'x', 'x');
    broker.on(AUDIT, json(200, { events: log.events, total: 2 }));
    expect(numbers(await collect(operator.auditEvents()))).toEqual([1, 2]);
  });

  test('throws what goes wrong', async () => {
    broker.on(AUDIT, problem(500, 'internal_error', 'failed'));
    expect(await rejection(collect(operator.auditEvents()))).toMatchObject({ status: 500 });
    broker.on(AUDIT, deadToken);
    const logIns = broker.to(ADMIN_AUTH).length;
    expect(await rejection(collect(operator.auditEvents()))).toMatchObject({ status: 401 });
    expect(broker.to(ADMIN_AUTH).length).toBeGreaterThan(logIns);
  });

  test('ends at once when its signal says so, also between two events of a page', async () => {
    logOf('x', 'x', 'x');
    const controller = new AbortController();
    const seen: string[] = [];
    const error = await rejection(
      (async () => {
        for await (const { id } of operator.auditEvents({ signal: controller.signal })) {
          seen.push(id);
          controller.abort(new Error('enough'));
        }
      })(),
    );
    expect(error).toMatchObject({ message: 'enough' });
    expect(seen).toEqual(['evt-000001']);
  });

  test('gives each page a deadline of its own, and the loop none', async () => {
    const log = logOf('x', 'x', 'x', 'x');
    log.pageEvents = 3;
    const hasty = { brokerUrl: broker.url, adminSecret: 'admin-secret', timeoutMs: 250 };
    await using impatient = new AgentWritOperator(hasty);
    const seen: string[] = [];
    const error = await rejection(
      (async () => {
        for await (const { id } of impatient.auditEvents({ follow: true, pollMs: 100 })) {
          seen.push(id);
          // What the program does with an event takes longer than a page may.
          if (seen.length === 2) await setTimeout(300);
          if (seen.length === 4) throw new Error('enough');
        }
      })(),
    );
    expect(error).toMatchObject({ message: 'enough' });
    broker.on(AUDIT, () => {});
    const startedAt = performance.now();
    expect(await rejection(collect(impatient.auditEvents()))).toMatchObject({ code: 'timeout' });
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });

  test.each([
    { name: '"agentId"', options: { agentId: '' } },
    { name: '"taskId"', options: { taskId: 7 } },
    { name: '"eventType"', options: { eventType: '' } },
    { name: '"outcome"', options: { outcome: 'failure' } },
    { name: '"since"', options: { since: 'yesterday' } },
    { name: '"since"', options: { since: '2026-02-15' } },
    { name: '"since"', options: { since: '2026-02-30T00:00:00Z' } },
    { name: '"since"', options: { since: '2026-02-15T14:00:00 02:00' } },
    { name: '"since"', options: { since: 1_771_156_800_000 } },
    { name: '"since"', options: { since: '' } },
    { name: '"until"', options: { until: new Date(Number.NaN) } },
    { name: '"until"', options: { until: new Date(8.64e15) } },
    { name: '"limit"', options: { limit: 0 } },
    { name: '"limit"', options: { limit: 1.5 } },
    { name: '"offset"', options: { offset: -1 } },
    { name: '"follow"', options: { follow: 1 } },
    { name: '"pollMs"', options: { pollMs: 99 } },
    { name: '"pollMs"', options: { pollMs: 60_001 } },
    { name: '"onFault"', options: { onFault: true } },
    { name: '"signal"', options: { signal: {} } },
    { name: '"until"', options: { follow: true, until: '2026-02-15T14:00:00Z' } },
    { name: 'unknown option "orchId"', options: { orchId: 'x' } },
  ])('is refused at the call with a wrong $name: $options', ({ name, options }) => {
    const before = broker.seen.length;
    const call = () => operator.auditEvents(options as unknown as AuditEventsOptions);
    expect(call).toThrow(TypeError);
    expect(call).toThrow(name);
    expect(broker.seen).toHaveLength(before);
  });
});
