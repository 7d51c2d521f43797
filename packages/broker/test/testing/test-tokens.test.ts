import { describe, expect, it } from 'vitest';
import type { IssueTokenOptions, TestBroker } from '../../src/testing/index.js';
import { start, validate } from './started.js';

const AGENT = 'spiffe://agentwrit.local/agent/orch-9/task-9/0123456789abcdef';

function delegate(
  broker: TestBroker,
  token: string,
  body: { readonly delegate_to: string; readonly scope: readonly string[] },
): Promise<Response> {
  return broker.fetch(`${broker.url}/v1/delegate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
}

describe('issueToken', () => {
  it('makes an agent of a task, whose token the broker vouches for', async () => {
    const broker = await start();
    const scope = ['read:data:*', 'write:data:order-7'];
    const issued = await broker.issueToken({ scope, taskId: 'task-9', orchId: 'orch-4', ttl: 40 });
    const { valid, claims } = await validate(broker, issued.token);
    expect(valid).toBe(true);
    expect(claims).toEqual({
      iss: '',
      sub: issued.agentId,
      exp: issued.claims.exp,
      nbf: issued.claims.exp - 40,
      iat: issued.claims.exp - 40,
      jti: issued.tokenId,
      scope,
      task_id: 'task-9',
      orch_id: 'orch-4',
    });
    expect(issued.agentId).toMatch(
      /^spiffe:\/\/agentwrit\.local\/agent\/orch-4\/task-9\/[0-9a-f]{16}$/,
    );
    expect(issued.claims).toMatchObject({ aud: [], delegation_chain: [] });
  });

  it('leaves no audit event', async () => {
    const broker = await start();
    await broker.issueToken({ scope: ['read:data:1'] });
    expect(broker.auditEvents()).toEqual([]);
  });

  it.each([{}, { subject: AGENT }])(
    'makes an agent that others can delegate to: %j',
    async (options) => {
      const broker = await start();
      const { token } = await broker.issueToken({ scope: ['read:data:*'] });
      const body = { delegate_to: AGENT, scope: ['read:data:1'] };
      expect((await delegate(broker, token, body)).status).toBe(404);
      const other = await broker.issueToken({ scope: ['read:data:1'], ...options });
      const answer = await delegate(broker, token, { ...body, delegate_to: other.agentId });
      expect(answer.status).toBe(200);
    },
  );

  it('takes the task of an agent that is given, unless another is said', async () => {
    const broker = await start();
    const own = await broker.issueToken({ scope: ['read:data:1'], subject: AGENT });
    expect(own.claims).toMatchObject({ sub: AGENT, task_id: 'task-9', orch_id: 'orch-9' });
    const said = { taskId: 'task-2', orchId: 'orch-2' };
    const other = await broker.issueToken({ scope: ['read:data:1'], subject: AGENT, ...said });
    expect(other.claims).toMatchObject({ sub: AGENT, task_id: 'task-2', orch_id: 'orch-2' });
  });

  it.each(['admin', 'app:app-orders-1'])('makes tokens of %s, without a task', async (subject) => {
    const broker = await start();
    const issued = await broker.issueToken({ scope: ['admin:revoke:*'], subject });
    expect((await validate(broker, issued.token)).claims).not.toHaveProperty('task_id');
    const answer = await fetch(`${broker.url}/v1/revoke`, {
      method: 'POST',
      headers: { authorization: `Bearer ${issued.token}` },
      body: JSON.stringify({ level: 'task', target: 'task-1' }),
    });
    expect(answer.status).toBe(200);
  });

  it('says what no broker would say when it is told to', async () => {
    const broker = await start();
    const claims = { aud: ['another-api'], iss: 'somebody', exp: 4_000_000_000 };
    const issued = await broker.issueToken({ scope: ['read:data:1'], claims });
    expect((await validate(broker, issued.token)).claims).toMatchObject(claims);
    const past = await broker.issueToken({ scope: ['read:data:1'], claims: { exp: 1 } });
    expect((await validate(broker, past.token)).valid).toBe(false);
    const absent = { aud: undefined } as unknown as IssueTokenOptions['claims'] & object;
    const same = await broker.issueToken({ scope: ['read:data:1'], claims: absent });
    expect(same.claims.aud).toEqual([]);
  });

  it.each([
    ['"scope"', { scope: 'read:data:1' }],
    ['"scope"', { scope: undefined }],
    ['"scope"', { scope: [] }],
    ['"scope[0]" must be a scope', { scope: ['read:data'] }],
    ['"scope[1]" must be a scope', { scope: ['read:data:1', 'read::1'] }],
    ['"ttl"', { ttl: 0 }],
    ['"taskId"', { taskId: 'a/b' }],
    ['"orchId" must be one or more of', { orchId: '..' }],
    ['"taskId"', { taskId: 'a/b', subject: AGENT }],
    ['unknown option "tll"', { tll: 5 }],
    ['"subject" must be admin, app:ID or an agent id', { subject: 'root' }],
    ['"subject" must be', { subject: 'app:' }],
    ['"subject" must be', { subject: 'spiffe://agentwrit.local/agent/a/b' }],
    ['"subject" must be', { subject: 5 }],
    ['claims takes a plain options object', { claims: null }],
    ['claims takes a plain options object', { claims: ['exp'] }],
    ['claims takes a plain options object', { claims: new Date() }],
    ['unknown option "taskId": claims takes iss, sub', { claims: { taskId: 'x' } }],
    ['"claims.aud" must be an array', { claims: { aud: 'orders' } }],
    ['"delegatedBy" must be what issueToken gave', { delegatedBy: null }],
    ['"delegatedBy" must be what issueToken gave', { delegatedBy: {} }],
    ['"delegatedBy" must be what issueToken gave', { delegatedBy: { claims: { sub: 'x' } } }],
    ['vouches for: invalid token format', { delegatedBy: 'marked-token' }],
    ['"subject" must be an agent id with', { delegatedBy: 'x', subject: 'admin' }],
  ])('names what cannot be: %s', async (message, change) => {
    const broker = await start();
    const attempt = broker.issueToken({ scope: ['read:data:1'], ...change } as never);
    await expect(attempt).rejects.toBeInstanceOf(TypeError);
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.not.toThrow('marked-token');
  });
});
