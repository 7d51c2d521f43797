import type { DecisionEvent } from '@agentwrit/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDriftMeter } from '../../src/index.js';
import { agentOf, type Asked, brokerEvent, decided, registered } from './events.js';

const MAIL = 'write:mail:customer';
const ORDER = 'read:data:order-4823';
const TASK = 'process-ord-4823';
const [DELEGATOR, DELEGATE] = [agentOf(TASK), agentOf('mail-77', 2, 'mailer')];

function delegatedBy(asked: Omit<Asked, 'agent'>): DecisionEvent {
  return {
    ...decided({ ...asked, agent: DELEGATE }),
    delegationDepth: 1,
    delegationRoot: DELEGATOR,
  };
}

function delegation(scopes: readonly string[]) {
  return brokerEvent({
    event_type: 'delegation_created',
    agent_id: DELEGATE,
    task_id: TASK,
    orch_id: 'order-worker',
    detail: `delegation from ${DELEGATOR} to ${DELEGATE} scope=[${scopes.join(' ')}] depth=1`,
  });
}

describe('what was delegated', () => {
  it('is used in the name of the delegator, whose app and scope it is', () => {
    const meter = createDriftMeter();
    meter.readAuditEvent(registered(TASK, [ORDER, MAIL], { app: 'app-orders-1' }));
    const other = registered('mail-77', [MAIL], { app: 'app-mailer-2', instance: 2 });
    meter.readAuditEvent({ ...other, agent_id: DELEGATE, orch_id: 'mailer' });
    meter.readAuditEvent(delegation([MAIL]));
    meter(decided({ granted: [ORDER, MAIL], needs: [ORDER] }));
    meter(delegatedBy({ granted: [MAIL], needs: [MAIL] }));
    const { groups } = meter.report();
    expect(groups).toMatchObject([
      { app: 'app-mailer-2', orchestrator: 'mailer', scopes: [{ scope: MAIL, finding: 'unused' }] },
      {
        app: 'app-orders-1',
        orchestrator: 'order-worker',
        scopes: [
          { scope: ORDER, finding: null },
          { scope: MAIL, uses: 1, finding: null },
        ],
        suggestion: { scopes: [ORDER, MAIL], drops: [], isNarrower: false },
      },
    ]);
    expect(groups).toHaveLength(2);
  });

  it('is a use of a wildcard where the delegator holds that, and narrows it', () => {
    const meter = createDriftMeter();
    meter(decided({ granted: ['read:data:*'], needs: [] }));
    meter(delegatedBy({ granted: [ORDER], needs: [ORDER] }));
    expect(meter.report().groups).toMatchObject([
      {
        scopes: [{ scope: 'read:data:*', uses: 1, covered: [ORDER], finding: 'wildcard' }],
        suggestion: { scopes: [ORDER], drops: ['read:data:*'] },
      },
    ]);
  });

  it('is taken for granted where it is not known what the delegator holds', () => {
    const meter = createDriftMeter();
    meter(delegatedBy({ granted: [ORDER, MAIL], needs: [ORDER] }));
    expect(meter.report().groups).toMatchObject([
      {
        scopes: [
          { scope: ORDER, uses: 1 },
          { scope: MAIL, finding: 'unused' },
        ],
      },
    ]);
  });

  it('and refused is told apart', () => {
    const meter = createDriftMeter();
    meter(decided({ granted: ['delete:data:*'], needs: [] }));
    meter(delegatedBy({ granted: [ORDER], needs: ['delete:data:order-4823'] }));
    meter(decided({ granted: [ORDER], needs: ['delete:data:order-4823'] }));
    expect(meter.denied()).toMatchObject([{ count: 2, delegated: 1 }]);
  });

  it('gives the same report in whatever order it comes', () => {
    const scope = fc.constantFrom(ORDER, MAIL, 'read:data:*', 'read:data:order-1', 'write:mail:*');
    const event = fc
      .record({ granted: fc.array(scope, { minLength: 1, maxLength: 3 }), own: fc.boolean() })
      .map(({ granted, own }) => {
        const asked = { granted, needs: granted.slice(0, 1) };
        return own ? decided(asked) : delegatedBy(asked);
      });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), (events) => {
        const [one, other] = [events, events.toReversed()].map((order) => {
          const meter = createDriftMeter();
          for (const each of order) meter(each);
          // A report changes nothing.
          meter.report();
          return meter.report();
        });
        expect(other).toEqual(one);
      }),
    );
  });
});
