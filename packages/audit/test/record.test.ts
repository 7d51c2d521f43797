import {
  type DecisionEvent,
  readAuditEvent,
  REFUSAL_REASONS,
  type RefusalReason,
  WireError,
} from '@agentwrit/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sealEntry } from '../src/chain.js';
import { auditEntryOf, type DecisionEventType, decisionOf } from '../src/record.js';
import { AGENT_ID, allowed, refused } from './decision.js';

const START = { number: 0, hash: '0'.repeat(64) };

const TYPES: Readonly<Record<RefusalReason, DecisionEventType>> = {
  missing_token: 'token_auth_failed',
  invalid_request: 'token_auth_failed',
  invalid_token: 'token_auth_failed',
  insufficient_scope: 'scope_violation',
  policy_denied: 'scope_violation',
  broker_unavailable: 'access_undecided',
  overloaded: 'access_undecided',
  audit_unavailable: 'access_undecided',
  internal_error: 'access_undecided',
};

describe('a decision becomes an audit event', () => {
  it('with the columns of the broker, and all of itself in the detail', () => {
    const event = allowed();
    expect(auditEntryOf(event)).toStrictEqual({
      timestamp: '2026-02-15T12:00:00Z',
      event_type: 'resource_accessed',
      agent_id: AGENT_ID,
      task_id: 'process-ord-4823',
      orch_id: 'order-worker',
      detail: JSON.stringify(event),
      resource: '/customers/:id',
      outcome: 'success',
      deleg_depth: 1,
      deleg_chain_hash: 'ab'.repeat(32),
    });
  });

  it('without the columns that say nothing', () => {
    expect(Object.keys(auditEntryOf(refused()))).toEqual([
      'timestamp',
      'event_type',
      'detail',
      'resource',
      'outcome',
    ]);
  });

  it('that was let in without an agent is a success as well', () => {
    const { event_type, outcome } = auditEntryOf(allowed({ outcome: 'anonymous' }));
    expect([event_type, outcome]).toEqual(['resource_accessed', 'success']);
  });

  it.each(REFUSAL_REASONS)('of the type that %s has', (reason) => {
    const { event_type, outcome } = auditEntryOf(refused({ reason }));
    expect(event_type).toBe(TYPES[reason]);
    // A fault is no denial.
    expect(outcome).toBe(event_type === 'access_undecided' ? undefined : 'denied');
  });

  it('in which no text can be moved over a bar to its neighbour', () => {
    const barred = 'a|b';
    const entry = auditEntryOf(
      allowed({
        agentId: barred,
        taskId: barred,
        orchId: barred,
        route: barred,
        requestId: barred,
      }),
    );
    expect(entry).toMatchObject({ agent_id: 'a%7Cb', task_id: 'a%7Cb', resource: 'a%7Cb' });
    expect(Object.values(entry).join('')).not.toContain('|');
    expect(decisionOf(entry)?.agentId).toBe(barred);
  });

  it('that is hashed as it is written, whatever halves of characters are in it', () => {
    const entry = auditEntryOf(allowed({ taskId: 'a\ud800b', route: '/\udc00' }));
    expect(entry).toMatchObject({ task_id: 'a\ufffdb', resource: '/\ufffd' });
    expect(decisionOf(entry)?.taskId).toBe('a\ud800b');
  });

  it('as which anything reads back as it was', () => {
    const text = fc.string({ unit: 'binary', minLength: 1 });
    const texts = fc.array(text, { maxLength: 3 });
    const events = fc
      .record(
        {
          time: fc.integer({ min: 0, max: 4_102_444_800_000 }),
          outcome: fc.constantFrom('allow' as const, 'anonymous' as const, 'refuse' as const),
          reason: fc.constantFrom(...REFUSAL_REASONS),
          cause: text,
          detail: text,
          route: text,
          method: text,
          requestId: text,
          clientAddress: text,
          requiredScope: texts,
          usedScope: fc.array(fc.record({ required: text, held: text }), { maxLength: 3 }),
          agentId: text,
          taskId: text,
          orchId: text,
          tokenId: text,
          grantedScope: texts,
          delegationDepth: fc.nat(5),
          delegationRoot: text,
          delegationChainHash: text,
          durationUs: fc.nat(),
        },
        { requiredKeys: ['time', 'outcome', 'method', 'requestId', 'requiredScope', 'durationUs'] },
      )
      .map((some): DecisionEvent => ({ version: 1, ...some }));
    fc.assert(
      fc.property(events, (event) => {
        const line = JSON.stringify(sealEntry(auditEntryOf(event), START));
        expect(decisionOf(readAuditEvent(JSON.parse(line)))).toEqual(event);
      }),
      { numRuns: 300 },
    );
  });
});

describe('an audit event', () => {
  it.each([
    { event_type: 'token_auth_failed', detail: 'token verification failed | aud mismatch' },
    { event_type: 'scope_violation', detail: 'scope violation: requested [a:b:c]' },
    { event_type: 'token_revoked', detail: '{}' },
    { event_type: 'audit_gap', detail: '{"dropped":1}' },
  ])('of another kind is no decision: $event_type', (event) => {
    expect(decisionOf(event)).toBeUndefined();
  });

  it.each([
    { name: 'no JSON', detail: '{"version":1' },
    { name: 'no decision', detail: '{}' },
    { name: 'another version', detail: JSON.stringify({ ...refused(), version: 2 }) },
    { name: 'an unknown reason', detail: JSON.stringify({ ...refused(), reason: 'mood' }) },
  ])('of a decision that has $name cannot be read, and its text is not told', ({ detail }) => {
    const read = (): unknown => decisionOf({ event_type: 'token_auth_failed', detail });
    expect(read).toThrow(WireError);
    expect(read).toThrow(/^(?!.*mood)/);
  });
});
