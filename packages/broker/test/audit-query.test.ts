import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../src/audit-log.js';
import { type AuditPage, queryAuditEvents } from '../src/audit-query.js';
import { readQuery } from '../src/http/query-parameters.js';

function eventsAt(...timestamps: string[]): AuditEvent[] {
  return timestamps.map((timestamp, index) => ({
    id: `evt-${index + 1}`,
    timestamp,
    event_type: 'token_issued',
    detail: '',
    hash: '',
    prev_hash: '',
  }));
}

function many(count: number): AuditEvent[] {
  return eventsAt(...Array.from({ length: count }, () => '2026-02-15T12:00:00Z'));
}

function query(events: readonly AuditEvent[], text: string): AuditPage {
  return queryAuditEvents(events, readQuery(text));
}

function idsOf({ events }: AuditPage): string {
  return events.map(({ id }) => id.slice('evt-'.length)).join();
}

describe('a query string', () => {
  it.each([
    { name: 'the first occurrence', query: 'a=1&a=2', a: '1' },
    { name: 'an empty first occurrence', query: 'a=&a=2', a: '' },
    { name: 'an empty value without a sign', query: 'a&a=2', a: '' },
    { name: 'all after the first sign', query: 'a=1=2', a: '1=2' },
    { name: 'a plus as a space', query: 'a=+1+', a: ' 1 ' },
    { name: 'an escaped plus as a plus', query: 'a=%2B1', a: '+1' },
    { name: 'escapes in either case', query: 'a=%c3%A4%2f', a: 'ä/' },
    { name: 'escapes in the name', query: '%61=1', a: '1' },
    { name: 'raw bytes', query: 'a=\u00c3\u00a4', a: 'ä' },
    { name: 'bytes that are no UTF-8 as U+FFFD', query: 'a=%ff1', a: '\ufffd1' },
    { name: 'what comes after an empty pair', query: '&&a=1', a: '1' },
    { name: 'what comes after a pair with a semicolon', query: 'a=1;b=2&a=3', a: '3' },
    { name: 'what comes after a bad escape', query: 'a=%4&a=%zz&%=1&a=3', a: '3' },
    { name: 'nothing of a name in other case', query: 'A=1', a: undefined },
    { name: 'nothing of nothing', query: '', a: undefined },
  ])('gives $name', ({ query, a }) => {
    expect(readQuery(query).get('a')).toBe(a);
  });
});

describe('a page', () => {
  const log = many(1203);

  it.each([
    { query: '', first: 'evt-1', count: 100, offset: 0, limit: 100 },
    { query: 'limit=3&offset=2', first: 'evt-3', count: 3, offset: 2, limit: 3 },
    { query: 'limit=%2B3', first: 'evt-1', count: 3, offset: 0, limit: 3 },
    { query: 'limit=0003', first: 'evt-1', count: 3, offset: 0, limit: 3 },
    { query: 'limit=0', first: 'evt-1', count: 100, offset: 0, limit: 100 },
    { query: 'limit=-5', first: 'evt-1', count: 100, offset: 0, limit: 100 },
    { query: 'limit=5000', first: 'evt-1', count: 1000, offset: 0, limit: 5000 },
    { query: 'offset=-7&limit=2', first: 'evt-1', count: 2, offset: -7, limit: 2 },
    { query: 'offset=1200', first: 'evt-1201', count: 3, offset: 1200, limit: 100 },
    { query: 'offset=1203', first: undefined, count: 0, offset: 1203, limit: 100 },
    ...['+3', '3.0', '1e1', '0x3', '3_0', ' 3', '3 ', '', '-', '9223372036854775808'].map(
      (text) => ({
        query: `limit=${text}&offset=${text}`,
        first: 'evt-1',
        count: 100,
        offset: 0,
        limit: 100,
      }),
    ),
  ])('is of the size and at the place of "$query"', ({ query: text, first, count, ...echo }) => {
    const page = query(log, text);
    expect(page).toMatchObject({ ...echo, total: 1203 });
    expect(page.events).toHaveLength(count);
    expect(page.events[0]?.id).toBe(first);
  });

  it('is empty beyond any log', () => {
    expect(query(log, 'offset=9007199254740993').events).toEqual([]);
  });

  it('is paged after the filters', () => {
    const mixed = log.map((event, i) => ({ ...event, agent_id: i % 2 === 0 ? 'even' : 'odd' }));
    const page = query(mixed, 'agent_id=odd&offset=1&limit=2');
    expect(idsOf(page)).toBe('4,6');
    expect(page.total).toBe(601);
  });
});

describe('an exact filter', () => {
  const [event] = many(1).map((one) => ({
    ...one,
    agent_id: 'spiffe://d/agent/o/t/1',
    task_id: 'Täsk 1',
    orch_id: 'orch-1',
    outcome: 'success',
  }));
  const events = event === undefined ? [] : [event, ...many(1)];

  it.each([
    { query: 'agent_id=spiffe://d/agent/o/t/1', total: 1 },
    { query: 'agent_id=spiffe%3A%2F%2Fd%2Fagent%2Fo%2Ft%2F1', total: 1 },
    { query: 'agent_id=spiffe://d/agent/o/t', total: 0 },
    { query: 'task_id=T%C3%A4sk+1', total: 1 },
    { query: 'task_id=t%C3%A4sk+1', total: 0 },
    { query: 'event_type=token_issued', total: 2 },
    { query: 'event_type=token_issued&outcome=success', total: 1 },
    { query: 'event_type=nothing', total: 0 },
    { query: 'outcome=denied', total: 0 },
    { query: 'outcome=', total: 2 },
    { query: 'orch_id=another', total: 2 },
    { query: 'agent_id=%zz', total: 2 },
  ])('lets $total of 2 through for "$query"', ({ query: text, total }) => {
    expect(query(events, text).total).toBe(total);
  });
});

describe('a time filter', () => {
  const events = eventsAt(
    '2026-02-15T11:59:59.999Z',
    '2026-02-15T12:00:00Z',
    '2026-02-15T12:00:00.5Z',
    '2026-02-15T12:00:00.500000001Z',
    '2026-02-15T12:00:01Z',
  );

  it.each([
    { query: 'since=2026-02-15T12:00:00Z', ids: '2,3,4,5' },
    { query: 'until=2026-02-15T12:00:00Z', ids: '1,2' },
    { query: 'since=2026-02-15T12:00:00.5Z&until=2026-02-15T12:00:00.500Z', ids: '3' },
    { query: 'since=2026-02-15T12:00:00.500000001Z', ids: '4,5' },
    { query: 'since=2026-02-15T12:00:00.500000002Z', ids: '5' },
    { query: 'until=2026-02-15T11:59:59.998999999Z', ids: '' },
    { query: 'since=2026-02-15T13:00:00%2B01:00', ids: '2,3,4,5' },
    { query: 'until=2026-02-15T04:00:00.25-08:00', ids: '1,2' },
    { query: 'since=0000-01-01T00:00:00%2B23:59', ids: '1,2,3,4,5' },
    { query: 'since=2027-01-01T00:00:00Z', ids: '' },
  ])('is inclusive and exact: "$query"', ({ query: text, ids }) => {
    expect(idsOf(query(events, text))).toBe(ids);
  });

  it.each([
    'since=2027-01-01',
    'since=1800000000',
    'since=2027-01-01T00:00:00+01:00',
    'since=2027-02-30T00:00:00Z',
    'until=yesterday',
    'until=',
  ])('is ignored when it is no time: "%s"', (text) => {
    expect(query(events, text).total).toBe(5);
  });
});
