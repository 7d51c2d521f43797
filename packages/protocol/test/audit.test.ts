import { describe, expect, test } from 'vitest';
import { readAuditPage } from '../src/audit.js';

const HASH = 'ab'.repeat(32);
const EVENT = {
  id: 'evt-000001',
  timestamp: '2026-02-15T12:00:00.5Z',
  event_type: 'token_released',
  agent_id: 'spiffe://a',
  task_id: 'task-1',
  orch_id: 'orch-1',
  detail: 'token released | jti=1',
  outcome: 'success',
  hash: HASH,
  prev_hash: '0'.repeat(64),
};
const WHOLE_EVENT = {
  ...EVENT,
  resource: '/v1/revoke',
  deleg_depth: 2,
  deleg_chain_hash: 'cd'.repeat(32),
  bytes_transferred: 7,
};
const MARKER = 'SECRET-TOKEN';

function pageOf(event: unknown): unknown {
  return { events: [event], total: 7, offset: 6, limit: 100 };
}

describe('readAuditPage', () => {
  test('reads a page, its total and what the protocol says of an event', () => {
    expect(readAuditPage(pageOf({ ...EVENT, hint: 'x' }))).toEqual({
      events: [EVENT],
      total: 7,
      offset: 6,
      limit: 100,
    });
    expect(readAuditPage({ events: [], total: 0 })).toEqual({ events: [], total: 0 });
  });

  test.each([
    'agent_id',
    'task_id',
    'orch_id',
    'resource',
    'outcome',
    'deleg_depth',
    'deleg_chain_hash',
    'bytes_transferred',
  ] as const)('does without %s', (optional) => {
    const { [optional]: _, ...event } = WHOLE_EVENT;
    expect(readAuditPage(pageOf(event)).events[0]?.[optional]).toBeUndefined();
    expect(() => readAuditPage(pageOf({ ...WHOLE_EVENT, [optional]: null }))).toThrow(optional);
  });

  test('keeps all that the hash of an event covers', () => {
    expect(readAuditPage(pageOf(WHOLE_EVENT)).events).toEqual([WHOLE_EVENT]);
  });

  test.each([
    { name: 'an id that is none', event: { ...EVENT, id: '' }, path: 'audit.events[0].id' },
    { name: 'a type that is none', event: { ...EVENT, event_type: 1 }, path: 'event_type' },
    { name: 'no time', event: { ...EVENT, timestamp: undefined }, path: 'timestamp' },
    { name: 'no detail', event: { ...EVENT, detail: null }, path: 'detail' },
    { name: 'a short hash', event: { ...EVENT, hash: `${MARKER}ab` }, path: '.hash' },
    { name: 'a hash in capitals', event: { ...EVENT, hash: HASH.toUpperCase() }, path: '.hash' },
    { name: 'a hash of anything', event: { ...EVENT, prev_hash: MARKER }, path: '.prev_hash' },
    { name: 'a list for an event', event: [MARKER], path: 'audit.events[0]' },
    { name: 'no event', event: null, path: 'audit.events[0]' },
  ])('refuses $name, says where and never what', ({ event, path }) => {
    const read = (): unknown => readAuditPage(pageOf(event));
    expect(read).toThrow(path);
    expect(read).not.toThrow(MARKER);
  });

  test.each([
    { name: 'no list', page: { events: {}, total: 1 } },
    { name: 'no total', page: { events: [] } },
    { name: 'a negative total', page: { events: [], total: -1 } },
    { name: 'a total that is no whole number', page: { events: [], total: 1.5 } },
    { name: 'an offset that is text', page: { events: [], total: 1, offset: '0' } },
    { name: 'no limit worth the name', page: { events: [], total: 1, limit: null } },
    { name: 'a list for a page', page: [] },
    { name: 'null', page: null },
  ])('refuses a page with $name', ({ page }) => {
    expect(() => readAuditPage(page)).toThrow(/^audit/);
  });
});
