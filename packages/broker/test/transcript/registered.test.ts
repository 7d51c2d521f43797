// A registration that succeeds in → the agent's id, its token and the events out (protocol §2.5, §3.3, §5).

import { describe, expect, it } from 'vitest';
import { auditTrail, type Event } from './audit-trail.js';
import { NOON, startBroker } from './broker-under-test.js';
import { expectToken, jtiOf } from './own-jwt.js';
import { app, launchToken, registration } from './parties.js';
import { json, problem } from './wire-text.js';

const LINE = 'POST /v1/register';
const registered = (path: string, expires_in = 300) =>
  json(200, {
    agent_id: `spiffe://${path}/⟨hex16⟩`,
    access_token: '⟨jwt⟩',
    expires_in,
  });

function events(agent_id: string, scope: string, issued: string, by = ''): [Event, Event] {
  const who = { agent_id, task_id: 'task-1', orch_id: 'orch-1' };
  const outcome = 'success';
  return [
    {
      event_type: 'agent_registered',
      ...who,
      detail: `Agent registered with scope ${scope}${by}`,
      outcome,
    },
    { event_type: 'token_issued', ...who, detail: `Token issued, ${issued}${by}`, outcome },
  ];
}

describe('a registration', () => {
  it('gives what was asked for, in the order it was asked for', async () => {
    const broker = await startBroker({ issuer: 'i', audience: 'orders', trustDomain: 'a-b_c.1' });
    const scope = ['read:data:b', 'read:data:a', 'read:data:b', 'read:data:<&>'];
    const body = await registration(broker, { requested_scope: scope });
    const trail = auditTrail(broker);
    await trail.skip();
    broker.advance(0.5);
    const expected = registered('a-b_c.1/agent/orch-1/task-1');
    const got = await broker.call(LINE, { body }, expected);
    const sub = got.member('agent_id');
    const jti = expectToken(got.member('access_token'), {
      iss: 'i',
      sub,
      aud: ['orders'],
      exp: NOON + 300,
      nbf: NOON,
      iat: NOON,
      scope,
      task_id: 'task-1',
      orch_id: 'orch-1',
    });
    const list = '[read:data:b read:data:a read:data:b read:data:<&>]';
    await trail.is(...events(sub, list, `jti=${jti}, ttl=300`));
  });

  it('lives as long as its launch token says, up to the ceiling; the event has what was said', async () => {
    const broker = await startBroker();
    const launch_token = await launchToken(broker, { max_ttl: 100_000 });
    const body = await registration(broker, { launch_token });
    const trail = auditTrail(broker);
    await trail.skip();
    const expected = registered('agentwrit.local/agent/orch-1/task-1', 86_400);
    const got = await broker.call(LINE, { body }, expected);
    const sub = got.member('agent_id');
    const jti = expectToken(got.member('access_token'), {
      iss: '',
      sub,
      exp: NOON + 86400,
      nbf: NOON,
      iat: NOON,
      scope: ['read:data:*'],
      task_id: 'task-1',
      orch_id: 'orch-1',
    });
    await trail.is(...events(sub, '[read:data:*]', `jti=${jti}, ttl=100000`));
  });

  it('names the app that its launch token came from', async () => {
    const broker = await startBroker();
    const { id, token } = await app(broker);
    const policy = { agent_name: 'a', allowed_scope: ['read:data:*'], max_ttl: 5 };
    const lt = await broker.call('POST /v1/app/launch-tokens', { token, body: policy });
    const body = await registration(broker, { launch_token: lt.member('launch_token') });
    const trail = auditTrail(broker);
    await trail.skip();
    const expected = registered('agentwrit.local/agent/orch-1/task-1', 5);
    const got = await broker.call(LINE, { body }, expected);
    const jti = jtiOf(got.member('access_token'));
    const sub = got.member('agent_id');
    await trail.is(...events(sub, '[read:data:*]', `jti=${jti}, ttl=5`, ` app_id=${id}`));
  });

  it.each([
    ['three dots', '...'],
    ['every kind of character', 'a.b-c_D9'],
    ['a hyphen', '-'],
    ['5000 characters', 'x'.repeat(5000)],
  ])('takes a segment of %s', async (_, segment) => {
    const broker = await startBroker();
    const body = await registration(broker, { orch_id: segment, task_id: segment });
    await broker.call(LINE, { body }, registered(`agentwrit.local/agent/${segment}/${segment}`));
  });

  it('may be made again with the same key, and is somebody else then', async () => {
    const broker = await startBroker();
    const launch_token = await launchToken(broker, { single_use: false });
    const expected = registered('agentwrit.local/agent/orch-1/task-1');
    const ids = new Set<string>();
    for (let count = 0; count < 3; count += 1) {
      const body = await registration(broker, { launch_token });
      ids.add((await broker.call(LINE, { body }, expected)).member('agent_id'));
    }
    expect(ids.size).toBe(3);
  });

  it('reads base64 that is broken into lines', async () => {
    const broker = await startBroker();
    const sound = await registration(broker);
    const broken = (text: string) => text.replace(/(.{20})/g, '$1\r\n');
    const { public_key, signature } = sound;
    const body = { ...sound, public_key: broken(public_key), signature: broken(signature) };
    await broker.call(LINE, { body }, registered('agentwrit.local/agent/orch-1/task-1'));
  });

  it('is recorded when its scope is refused, and not when anything else is', async () => {
    const broker = await startBroker();
    const sound = await registration(broker);
    const trail = auditTrail(broker);
    await trail.skip();
    const scope = ['read:data:x', 'write:data:x'];
    const expected = problem(403, 'scope_violation', 'requested scope exceeds allowed scope');
    await broker.call(LINE, { body: { ...sound, requested_scope: scope } }, expected);
    const list = 'requested [read:data:x write:data:x] exceeds allowed [read:data:*]';
    await trail.is({
      event_type: 'registration_policy_violation',
      task_id: 'task-1',
      orch_id: 'orch-1',
      detail: `scope violation: ${list}`,
      outcome: 'denied',
    });
    const unauthorized = (detail: string) => problem(401, 'unauthorized', detail);
    const unknown = unauthorized('launch token: launch token not found');
    await broker.call(LINE, { body: { ...sound, launch_token: 'x' } }, unknown);
    const size = unauthorized('invalid Ed25519 public key: wrong key size');
    await broker.call(LINE, { body: { ...sound, public_key: 'AAAA' } }, size);
    await trail.is();
    const again = { ...(await registration(broker)), orch_id: '.' };
    await trail.skip();
    await broker.call(LINE, { body: again }, problem(500, 'internal_error', 'registration failed'));
    await trail.is();
  });
});
