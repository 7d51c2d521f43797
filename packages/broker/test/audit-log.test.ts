import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { FIRST_EVENT, SECOND_EVENT } from '../../protocol/test/audit-vectors.js';
import { hashAuditEvent } from '../src/audit-hash.js';
import { type AuditEvent, AuditLog } from '../src/audit-log.js';
import { createMetrics } from '../src/metrics.js';
import type { Storage } from '../src/storage.js';

const NOON = Date.UTC(2026, 1, 15, 12);
const ZEROS = '0'.repeat(64);
const LOGIN = {
  event_type: 'admin_auth',
  detail: 'admin authenticated as admin',
  outcome: 'success',
} as const;

/** A storage that holds events and nothing else. */
function storageOf(rows: AuditEvent[], insert = (row: AuditEvent) => void rows.push(row)): Storage {
  const nothing = (): void => {};
  return {
    loadApps: () => [],
    insertApp: nothing,
    updateApp: nothing,
    loadRevocations: () => [],
    insertRevocation: nothing,
    loadAuditEvents: () => [...rows],
    insertAuditEvent: insert,
    close: nothing,
  };
}

function logOf(storage?: Storage, now = NOON, metrics = createMetrics()): AuditLog {
  return new AuditLog({ clock: () => now, metrics, storage });
}

describe('the hash of an event', () => {
  it('is that of vector 1, from the clock to the log', () => {
    const log = logOf(undefined, NOON + 500);
    log.record(LOGIN);
    expect(log.events[0]).toEqual(FIRST_EVENT);
  });

  it('is that of vector 2', () => {
    const { hash, prev_hash, ...event } = SECOND_EVENT;
    expect(hashAuditEvent(event, prev_hash)).toBe(hash);
  });

  it('is made over the redacted text, unescaped, the path and the one before', () => {
    const log = logOf();
    log.record(LOGIN);
    log.record({
      event_type: 'token_auth_failed',
      detail: 'a secret <ä|\n> path=/v1/x',
      resource: '/v1/x&',
      outcome: 'denied',
    });
    const [before, event] = log.events;
    expect(event?.prev_hash).toBe(before?.hash);
    const text = `${before?.hash}|evt-000002|2026-02-15T12:00:00Z|token_auth_failed||||a secret <ä|\n> path=***REDACTED***|/v1/x&|denied|0||0`;
    expect(event?.hash).toBe(createHash('sha256').update(text).digest('hex'));
  });
});

describe('an event', () => {
  it('has its members in the order of the wire, whatever the order they came in', () => {
    const log = logOf();
    log.record({
      deleg_chain_hash: 'c',
      deleg_depth: 1,
      outcome: 'denied',
      resource: '/',
      detail: 'd',
      orch_id: 'o',
      task_id: 't',
      agent_id: 'a',
      event_type: 'scope_violation',
    });
    expect(Object.keys(log.events[0] ?? {}).join()).toBe(
      'id,timestamp,event_type,agent_id,task_id,orch_id,detail,resource,outcome,deleg_depth,deleg_chain_hash,hash,prev_hash',
    );
  });

  it('leaves out what is empty, 0 or undefined', () => {
    const log = logOf();
    const empty = { agent_id: '', task_id: undefined, resource: '', deleg_chain_hash: '' };
    log.record({ ...LOGIN, ...empty, deleg_depth: 0, detail: '' });
    expect(Object.keys(log.events[0] ?? {}).join()).toBe(
      'id,timestamp,event_type,detail,outcome,hash,prev_hash',
    );
  });

  it.each([
    { name: 'six digits at least', rows: 0, id: 'evt-000001' },
    { name: 'more when they are needed', rows: 999_999, id: 'evt-1000000' },
  ])('is numbered with $name', ({ rows, id }) => {
    const last = { id: `evt-${rows}`, timestamp: '', event_type: 'x', detail: '' };
    const log = logOf(storageOf(rows === 0 ? [] : [{ ...last, hash: ZEROS, prev_hash: ZEROS }]));
    log.record(LOGIN);
    expect(log.events.at(-1)?.id).toBe(id);
  });
});

describe('a log with a storage', () => {
  it('goes on where the last one stopped: events, numbers, chain', () => {
    const rows: AuditEvent[] = [];
    const before = logOf(storageOf(rows));
    before.record({ ...LOGIN, agent_id: 'a' });
    before.record(LOGIN);
    const after = logOf(storageOf(rows), NOON + 1000);
    expect(after.events).toEqual(before.events);
    after.record(LOGIN);
    expect(after.events.at(-1)).toMatchObject({
      id: 'evt-000003',
      prev_hash: before.events[1]?.hash,
    });
    expect(rows).toEqual(after.events);
  });

  it('keeps the order of the rows beyond the ids that sort as text', () => {
    const row = {
      timestamp: '2026-02-15T12:00:00Z',
      event_type: 'x',
      detail: '',
      prev_hash: ZEROS,
    };
    const rows = ['evt-999999', 'evt-1000000'].map((id) => ({ ...row, id, hash: id }));
    const log = logOf(storageOf(rows));
    log.record(LOGIN);
    expect(log.events.map(({ id }) => id)).toEqual(['evt-999999', 'evt-1000000', 'evt-1000001']);
    expect(log.events.at(-1)?.prev_hash).toBe('evt-1000000');
  });

  it('writes what it loads in the order of the wire, empty columns left out', () => {
    const row = { prev_hash: ZEROS, hash: 'h', outcome: '', bytes_transferred: 7, task_id: '' };
    const rows = [{ ...row, detail: 'd', event_type: 'x', timestamp: 't', id: 'evt-000001' }];
    expect(JSON.stringify(logOf(storageOf(rows)).events)).toBe(
      `[{"id":"evt-000001","timestamp":"t","event_type":"x","detail":"d","bytes_transferred":7,"hash":"h","prev_hash":"${ZEROS}"}]`,
    );
  });

  it('keeps an event it cannot write, and never gives its number twice', () => {
    const rows: AuditEvent[] = [];
    let isBroken = true;
    const storage = storageOf(rows, (row) => {
      if (isBroken) throw new Error('disk full');
      rows.push(row);
    });
    const log = logOf(storage);
    log.record(LOGIN);
    isBroken = false;
    log.record(LOGIN);
    expect(log.events.map(({ id }) => id)).toEqual(['evt-000001', 'evt-000002']);
    expect(log.events[1]?.prev_hash).toBe(log.events[0]?.hash);

    const again = logOf(storageOf(rows));
    again.record(LOGIN);
    expect(again.events.map(({ id }) => id)).toEqual(['evt-000002', 'evt-000003']);
  });

  it('does not start without the events it should have', () => {
    const storage = storageOf([]);
    const loadAuditEvents = (): never => {
      throw new Error('no such table');
    };
    expect(() => logOf({ ...storage, loadAuditEvents })).toThrow('no such table');
  });
});
