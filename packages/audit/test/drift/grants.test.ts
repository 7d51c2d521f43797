import { encodeJson } from '@agentwrit/protocol';
import { describe, expect, it } from 'vitest';
import { auditEntryOf, createDriftMeter, renderDriftPage } from '../../src/index.js';
import { agentOf, brokerEvent, decided, registered } from './events.js';

const CUSTOMER = 'read:data:customer-cust-7291';
const ORDER = 'write:data:order-ord-4823';
const TASK = 'process-ord-4823';

function scopesOf(meter: ReturnType<typeof createDriftMeter>): readonly string[] {
  return meter.report().groups.flatMap(({ scopes }) => scopes.map(({ scope }) => scope));
}

describe("the broker's own log", () => {
  it('tells of agents that never asked for anything', () => {
    const meter = createDriftMeter();
    expect(meter.readAuditEvent(registered(TASK, [CUSTOMER, ORDER], { app: 'app-orders-1' }))).toBe(
      true,
    );
    expect(meter.report()).toMatchObject({
      grants: 1,
      unreadGrants: 0,
      groups: [{ app: 'app-orders-1', idleAgents: 1, agents: { count: 1 }, allowed: 0 }],
    });
    expect(meter.unused().map(({ scope }) => scope)).toEqual([CUSTOMER, ORDER]);
  });

  it('tells which app an agent is of', () => {
    const meter = createDriftMeter();
    meter.readAuditEvent(registered(TASK, [CUSTOMER], { app: 'app-orders-1' }));
    meter(decided({ granted: [CUSTOMER], needs: [CUSTOMER] }));
    expect(meter.report().groups).toMatchObject([
      { app: 'app-orders-1', idleAgents: 0, allowed: 1, scopes: [{ uses: 1 }] },
    ]);
    // Nothing came too early, though others may have no app at all.
    meter.readAuditEvent(registered('process-ord-2', [CUSTOMER], { instance: 2 }));
    meter.readAuditEvent(registered('process-ord-3', [CUSTOMER], { instance: 3, app: 'app-x' }));
    expect(meter.hasLateApps()).toBe(false);
  });

  it('may come after the decisions, if all is read again then', () => {
    const event = registered(TASK, [CUSTOMER], { app: 'app-orders-1' });
    const decision = decided({ granted: [CUSTOMER], needs: [CUSTOMER] });
    const meter = createDriftMeter();
    meter(decision);
    expect(meter.hasLateApps()).toBe(false);
    meter.readAuditEvent(event);
    expect(meter.hasLateApps()).toBe(true);
    meter(decision);
    expect(meter.report().groups).toMatchObject([
      { app: 'app-orders-1', allowed: 1, idleAgents: 0 },
      { app: null, allowed: 1 },
    ]);
    meter.reset();
    meter(decision);
    meter.readAuditEvent(event);
    expect(meter.hasLateApps()).toBe(false);
    expect(meter.report().groups).toMatchObject([{ app: 'app-orders-1', allowed: 1 }]);
  });

  it('does not make an agent idle that was seen before', () => {
    const meter = createDriftMeter();
    meter(decided({ granted: [CUSTOMER], needs: [CUSTOMER] }));
    meter.readAuditEvent(registered(TASK, [CUSTOMER]));
    expect(meter.report().groups).toMatchObject([{ idleAgents: 0, agents: { count: 1 } }]);
  });

  it('tells nothing of the app of an agent that an operator launched', () => {
    const meter = createDriftMeter();
    meter.readAuditEvent(registered(TASK, [CUSTOMER]));
    expect(meter.report().groups).toMatchObject([{ app: null, scopes: [{ scope: CUSTOMER }] }]);
  });

  it('tells what was delegated', () => {
    const meter = createDriftMeter();
    const [from, to] = [agentOf(TASK, 1), agentOf('review', 2)];
    meter.readAuditEvent(
      brokerEvent({
        event_type: 'delegation_created',
        agent_id: to,
        task_id: TASK,
        orch_id: 'order-worker',
        detail: `delegation from ${from} to ${to} scope=[${CUSTOMER} ${ORDER}] depth=1`,
      }),
    );
    expect(scopesOf(meter)).toEqual([CUSTOMER, ORDER]);
    expect(meter.report().groups).toMatchObject([{ taskPattern: 'process-ord-*', idleAgents: 1 }]);
  });

  it.each([
    {
      name: 'the app, where a scope has one of the words that it redacts',
      type: 'agent_registered',
      detail: 'Agent registered with scope [read:secret:x] app_id=***REDACTED***',
      scopes: ['read:secret:x'],
      unreadGrants: 0,
    },
    {
      name: 'the rest of the list',
      type: 'agent_registered',
      detail: 'Agent registered with scope [read:data:a read:secret:k=***REDACTED***',
      scopes: [],
      unreadGrants: 1,
    },
    {
      name: 'a whole delegation',
      type: 'delegation_created',
      detail: 'delegation from spiffe://d/agent/secret-orch/t/1 to x scope=***REDACTED***',
      scopes: [],
      unreadGrants: 1,
    },
    {
      name: 'what is no scope',
      type: 'agent_registered',
      detail: 'Agent registered with scope [read:data:a b] c] app_id=***REDACTED***',
      scopes: ['read:data:a'],
      unreadGrants: 1,
    },
  ])('may lack $name', ({ type, detail, scopes, unreadGrants }) => {
    const meter = createDriftMeter();
    meter.readAuditEvent(
      brokerEvent({ event_type: type, agent_id: agentOf(TASK), task_id: TASK, detail }),
    );
    expect(scopesOf(meter)).toEqual(scopes);
    expect(meter.report()).toMatchObject({ unreadGrants, groups: [{ app: null }] });
  });

  it('says nothing else that counts here', () => {
    const meter = createDriftMeter();
    for (const event_type of ['token_revoked', 'admin_auth', 'scope_violation', 'x']) {
      expect(meter.readAuditEvent(brokerEvent({ event_type, detail: 'scope [a:b:c]' }))).toBe(
        false,
      );
    }
    expect(meter.report()).toEqual(createDriftMeter().report());
  });
});

describe('an audit file', () => {
  it('gives the same report as the decisions it was written from', () => {
    const events = [
      decided({ granted: [CUSTOMER, ORDER], needs: [CUSTOMER] }),
      decided({ granted: [CUSTOMER], needs: [ORDER], at: 5 }),
    ];
    const [direct, read] = [createDriftMeter(), createDriftMeter()];
    for (const event of events) {
      direct(event);
      expect(read.readAuditEvent(brokerEvent(auditEntryOf(event)))).toBe(true);
    }
    expect(read.report()).toEqual(direct.report());
  });

  it('may say that decisions are missing', () => {
    const meter = createDriftMeter();
    for (const dropped of [3, 4]) {
      const detail = encodeJson({ dropped, firstTime: 1, lastTime: 2, reason: 'queue_full' });
      expect(meter.readAuditEvent(brokerEvent({ event_type: 'audit_gap', detail }))).toBe(true);
    }
    expect(meter.report()).toMatchObject({ lostDecisions: 7 });
    expect(renderDriftPage(meter.report())).toContain(
      '7 decisions that the audit files say they have lost',
    );
  });

  it.each(['', '{}', '{"dropped":-1}', '{"dropped":"3"}', 'null'])(
    'with a gap that cannot be read is wrong: %s',
    (detail) => {
      const event = brokerEvent({ event_type: 'audit_gap', detail });
      expect(() => createDriftMeter().readAuditEvent(event)).toThrow(/^event\.detail/);
    },
  );

  it('with a decision that cannot be read is wrong', () => {
    const meter = createDriftMeter();
    const detail = encodeJson({ version: 2 });
    const event = brokerEvent({ event_type: 'resource_accessed', detail });
    expect(() => meter.readAuditEvent(event)).toThrow(/^event\.detail\.version/);
    expect(meter.report()).toEqual(createDriftMeter().report());
  });
});
