// Revocations in → the answer, the event, and who is dead afterwards out (protocol §2.9, §6).

import { describe, expect, it } from 'vitest';
import { auditTrail } from './audit-trail.js';
import { ADMIN_SECRET, type BrokerUnderTest, startBroker } from './broker-under-test.js';
import { agent, alive, app, delegated, renewed } from './parties.js';
import { producesItsRowsOf } from './problems-seen.js';
import { json, problem } from './wire-text.js';

const LINE = 'POST /v1/revoke';
const refused = (detail: string) => problem(400, 'invalid_request', detail);
const REQUIRED = refused('level and target are required');
const DEAD = problem(401, 'unauthorized', 'token verification failed');

async function revoke(broker: BrokerUnderTest, level: string, target: string): Promise<void> {
  const given = { token: broker.operator, body: { level, target, reason: 7 } };
  await broker.call(LINE, given, json(200, { revoked: true, level, target, count: 1 }));
}

describe('POST /v1/revoke', () => {
  it.each([
    ['{"level":"","target":1}', refused('malformed JSON body')],
    ['{}', REQUIRED],
    ['null', REQUIRED],
    // 2 before 3.
    [{ level: 'nonsense', target: '' }, REQUIRED],
    [{ level: '', target: 't' }, REQUIRED],
    [{ level: 'nonsense', target: 't' }, refused('invalid revocation level: nonsense')],
    [{ level: 'Token', target: 't' }, refused('invalid revocation level: Token')],
    [{ level: ' token', target: 't' }, refused('invalid revocation level:  token')],
    [{ level: '__proto__', target: 't' }, refused('invalid revocation level: __proto__')],
  ])('refuses %j', async (body, expected) => {
    const broker = await startBroker();
    const trail = auditTrail(broker);
    await broker.call(LINE, { token: broker.operator, body }, expected);
    await trail.is();
  });

  it.each(['token', 'agent', 'task', 'chain'])(
    'counts 1 at level %s, whoever is meant and however often',
    async (level) => {
      const broker = await startBroker();
      const trail = auditTrail(broker);
      const target = 'nobody <&> "|"';
      await revoke(broker, level, target);
      await revoke(broker, level, target);
      const event = {
        event_type: 'token_revoked',
        agent_id: target,
        detail: `revoked at level=${level} target=${target}`,
        outcome: 'success' as const,
      };
      await trail.is(event, event);
    },
  );
});

// Root works on task-1 and delegates to middle, of task-2, which delegates on to leaf, of task-3.
async function family(broker: BrokerUnderTest) {
  const root = await agent(broker);
  const middle = await agent(broker, { task: 'task-2' });
  const leaf = await agent(broker, { task: 'task-3' });
  const toMiddle = await delegated(broker, root.token, middle.id, ['read:data:*']);
  const toLeaf = await delegated(broker, toMiddle, leaf.id, ['read:data:x']);
  const fromMiddle = await delegated(broker, middle.token, leaf.id, ['read:data:x']);
  return { root, middle, leaf, toMiddle, toLeaf, fromMiddle };
}

type Family = Awaited<ReturnType<typeof family>>;

describe('a revocation kills', () => {
  const names = ['root', 'middle', 'leaf', 'toMiddle', 'toLeaf', 'fromMiddle'] as const;
  it.each<{
    name: string;
    level: string;
    target: (members: Family) => string;
    dead: readonly (typeof names)[number][];
  }>([
    { name: 'one token', level: 'token', target: ({ root }) => root.jti, dead: ['root'] },
    {
      name: 'a delegator, and not what it delegated',
      level: 'agent',
      target: ({ root }) => root.id,
      dead: ['root'],
    },
    {
      name: 'a delegate, its own token and those delegated to it',
      level: 'agent',
      target: ({ middle }) => middle.id,
      dead: ['middle', 'toMiddle'],
    },
    {
      name: 'a task, and what was delegated from it',
      level: 'task',
      target: () => 'task-1',
      dead: ['root', 'toMiddle', 'toLeaf'],
    },
    {
      name: 'a task, but not what was delegated to an agent of it',
      level: 'task',
      target: () => 'task-3',
      dead: ['leaf'],
    },
    {
      name: 'every chain that starts with an agent, but not its own token',
      level: 'chain',
      target: ({ root }) => root.id,
      dead: ['toMiddle', 'toLeaf'],
    },
    {
      name: 'nothing of a chain that only passes through an agent',
      level: 'chain',
      target: ({ middle }) => middle.id,
      dead: ['fromMiddle'],
    },
    {
      name: 'nothing by the jti as agent',
      level: 'agent',
      target: ({ root }) => root.jti,
      dead: [],
    },
    { name: 'nothing by the id as token', level: 'token', target: ({ root }) => root.id, dead: [] },
    { name: 'nothing by the orchestrator', level: 'task', target: () => 'orch-1', dead: [] },
    { name: 'nothing by part of a name', level: 'task', target: () => 'task', dead: [] },
  ])('$name', async ({ level, target, dead }) => {
    const broker = await startBroker();
    const members = await family(broker);
    const tokens = names.map((name) => {
      const member = members[name];
      return typeof member === 'string' ? member : member.token;
    });
    expect(await alive(broker, ...tokens)).not.toContain(false);
    await revoke(broker, level, target(members));
    expect(await alive(broker, ...tokens)).toEqual(names.map((name) => !dead.includes(name)));
    for (const [index, token] of tokens.entries()) {
      if (!dead.some((name) => name === names[index])) continue;
      await broker.call('POST /v1/token/renew', { token }, DEAD);
    }
  });
});

describe('a revocation', () => {
  it('meets tokens that are issued later', async () => {
    const broker = await startBroker();
    await revoke(broker, 'task', 'task-9');
    await revoke(broker, 'agent', 'admin');
    const late = await agent(broker, { task: 'task-9' }).catch(() => undefined);
    // The operator's own token is an admin's.
    expect(late).toBeUndefined();
    const login = await broker.call('POST /v1/admin/auth', { body: { secret: ADMIN_SECRET } });
    expect(await alive(broker, login.member('access_token'), broker.operator)).toEqual([
      false,
      false,
    ]);
  });

  it('of a task makes its new agents dead on arrival', async () => {
    const broker = await startBroker();
    await revoke(broker, 'task', 'task-9');
    const late = await agent(broker, { task: 'task-9' });
    const other = await agent(broker);
    expect(await alive(broker, late.token, other.token)).toEqual([false, true]);
  });

  it('of an app locks it out, and leaves its agents alone', async () => {
    const broker = await startBroker();
    const { id, token, clientId, clientSecret } = await app(broker);
    const body = { agent_name: 'a', allowed_scope: ['read:data:*'] };
    await broker.call('POST /v1/app/launch-tokens', { token, body });
    await revoke(broker, 'agent', `app:${id}`);
    const credentials = { client_id: clientId, client_secret: clientSecret };
    const again = await broker.call('POST /v1/app/auth', { body: credentials });
    const other = await agent(broker);
    expect(await alive(broker, token, again.member('access_token'), other.token)).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('of one token leaves the successor it already has', async () => {
    const broker = await startBroker();
    const { token, jti, id } = await agent(broker);
    const to = await delegated(broker, token, id, ['read:data:x']);
    const next = await renewed(broker, token);
    await revoke(broker, 'token', jti);
    expect(await alive(broker, token, next, to)).toEqual([false, true, true]);
  });
});

producesItsRowsOf('revoke');
