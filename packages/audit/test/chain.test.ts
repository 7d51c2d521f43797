import { createHash } from 'node:crypto';
import { FIRST_PREV_HASH } from '@agentwrit/protocol';
import { describe, expect, it } from 'vitest';
import { FIRST_EVENT, SECOND_EVENT } from '../../protocol/test/audit-vectors.js';
import {
  auditEventId,
  auditEventNumber,
  auditLine,
  hashAuditEvent,
  sealEntry,
} from '../src/chain.js';

const { id: _1, hash: HASH_1, prev_hash: _2, ...ENTRY_1 } = FIRST_EVENT;
const { id: _3, hash: HASH_2, prev_hash: _4, ...ENTRY_2 } = SECOND_EVENT;

describe('a sealed entry', () => {
  it('has the hash that the broker gives it', () => {
    const first = sealEntry(ENTRY_1, { number: 0, hash: FIRST_PREV_HASH });
    const second = sealEntry(ENTRY_2, { number: 1, hash: first.hash });
    expect([first.hash, second.hash]).toEqual([HASH_1, HASH_2]);
    expect(second.prev_hash).toBe(HASH_1);
    expect(hashAuditEvent(second, HASH_1)).toBe(HASH_2);
  });

  it('is a line in the member order of the broker, without what is empty', () => {
    const line = auditLine(sealEntry({ ...ENTRY_1, agent_id: '', deleg_depth: 0 }, START));
    expect(line).toBe(
      `{"id":"evt-000001","timestamp":"2026-02-15T12:00:00.5Z","event_type":"admin_auth","detail":"admin authenticated as admin","outcome":"success","hash":"${HASH_1}","prev_hash":"${FIRST_PREV_HASH}"}\n`,
    );
    expect(Object.keys(sealEntry({ ...ENTRY_2, resource: '/orders/:id' }, START))).toEqual([
      'id',
      'timestamp',
      'event_type',
      'agent_id',
      'task_id',
      'orch_id',
      'detail',
      'resource',
      'outcome',
      'deleg_depth',
      'deleg_chain_hash',
      'hash',
      'prev_hash',
    ]);
  });

  it('is hashed as it is and written with the escapes of the broker', () => {
    const sealed = sealEntry({ ...ENTRY_1, detail: '<é|\u2028\n>' }, START);
    const input = `${FIRST_PREV_HASH}|evt-000001|2026-02-15T12:00:00.5Z|admin_auth||||<é|\u2028\n>||success|0||0`;
    expect(sealed.hash).toBe(createHash('sha256').update(input, 'utf8').digest('hex'));
    expect(auditLine(sealed)).toContain(String.raw`"detail":"\u003cé|\u2028\n\u003e"`);
  });
});

const START = { number: 0, hash: FIRST_PREV_HASH };

describe('a depth of delegation', () => {
  it.each([0.5, Number.NaN, Infinity, 2 ** 53, -1])('is never %d', (deleg_depth) => {
    expect(() => sealEntry({ ...ENTRY_1, deleg_depth }, START)).toThrow(RangeError);
  });
});

describe('the id of an event', () => {
  it.each([
    { number: 1, id: 'evt-000001' },
    { number: 999_999, id: 'evt-999999' },
    { number: 1_000_000, id: 'evt-1000000' },
  ])('is $id for $number, and back', ({ number, id }) => {
    expect(auditEventId(number)).toBe(id);
    expect(auditEventNumber(id)).toBe(number);
  });

  it.each([
    '',
    'evt-',
    'evt-1',
    'evt-0000001',
    'evt-000000',
    'evt-00000x',
    ' evt-000001',
    'evt-1e10',
  ])('is not %o', (id) => {
    expect(auditEventNumber(id)).toBeUndefined();
  });
});
