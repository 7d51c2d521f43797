import { MAX_DELEGATION_DEPTH, scopeIsSubset } from '@agentwrit/protocol';
import { describe, expect, it } from 'vitest';
import type { TestToken } from '../../src/testing/index.js';
import { start, validate } from './started.js';

describe('delegatedBy', () => {
  it('delegates over several hops, with the chain and the task of the delegator', async () => {
    const broker = await start();
    const root = await broker.issueToken({ scope: ['read:data:*'], taskId: 'task-root' });
    const middle = await broker.issueToken({ scope: ['read:data:*'], delegatedBy: root });
    const last = await broker.issueToken({ scope: ['read:data:1'], delegatedBy: middle });
    const { claims } = await validate(broker, last.token);
    expect(claims?.['task_id']).toBe('task-root');
    const chain = claims?.['delegation_chain'] as { agent: string; scope: string[] }[];
    expect(chain.map(({ agent }) => agent)).toEqual([root.agentId, middle.agentId]);
    expect(chain.every(({ scope }) => scopeIsSubset(['read:data:1'], scope))).toBe(true);
    broker.revoke({ level: 'chain', target: root.agentId });
    expect((await validate(broker, last.token)).valid).toBe(false);
    expect((await validate(broker, root.token)).valid).toBe(true);
  });

  it.each([
    { name: 'a text', given: ({ token }: TestToken) => token },
    { name: 'a copy', given: (root: TestToken) => ({ ...root }) },
  ])('takes $name of a token the broker vouches for', async ({ given }) => {
    const broker = await start();
    const root = await broker.issueToken({ scope: ['read:data:*'] });
    const delegatedBy = given(root);
    const { claims } = await broker.issueToken({ scope: ['read:data:1'], delegatedBy });
    expect(claims.delegation_chain).toMatchObject([{ agent: root.agentId }]);
    broker.revoke({ level: 'token', target: root.tokenId });
    await expect(broker.issueToken({ scope: ['read:data:1'], delegatedBy })).rejects.toThrow(
      'vouches for: token has been revoked',
    );
  });

  it("does not take another broker's token", async () => {
    const [broker, other] = [await start(), await start()];
    const delegatedBy = await other.issueToken({ scope: ['read:data:*'] });
    await expect(broker.issueToken({ scope: ['read:data:1'], delegatedBy })).rejects.toThrow(
      '"delegatedBy" must be what issueToken gave',
    );
  });

  it('takes a token of issueToken whatever "claims" made of it', async () => {
    const broker = await start();
    const claims = { exp: 1, sub: 'somebody' };
    const odd = await broker.issueToken({ scope: ['read:data:*'], claims });
    const issued = await broker.issueToken({ scope: ['read:data:1'], delegatedBy: odd });
    expect(issued.claims.delegation_chain).toMatchObject([{ agent: 'somebody' }]);
  });

  it('gives no task where the delegator has none', async () => {
    const broker = await start();
    const admin = await broker.issueToken({ scope: ['admin:audit:*'], subject: 'admin' });
    const issued = await broker.issueToken({ scope: ['admin:audit:*'], delegatedBy: admin });
    expect(issued.claims).not.toHaveProperty('task_id');
    expect(issued.agentId).toContain('/agent/orch-1/task-1/');
  });

  it('says which scope is more than the delegator holds', async () => {
    const broker = await start();
    const delegatedBy = await broker.issueToken({ scope: ['read:data:1', 'write:data:*'] });
    const scope = ['read:data:1', 'write:data:9', 'read:data:*', 'read:data:2'];
    await expect(broker.issueToken({ scope, delegatedBy })).rejects.toThrow(
      new TypeError('"scope" exceeds the delegator\'s scope: read:data:*, read:data:2'),
    );
  });

  it(`goes ${MAX_DELEGATION_DEPTH} deep and no deeper`, async () => {
    const broker = await start();
    const scope = ['read:data:1'];
    let token = await broker.issueToken({ scope });
    for (let hop = 0; hop < MAX_DELEGATION_DEPTH; hop += 1) {
      token = await broker.issueToken({ scope, delegatedBy: token });
    }
    expect((await validate(broker, token.token)).valid).toBe(true);
    await expect(broker.issueToken({ scope, delegatedBy: token })).rejects.toThrow(
      new TypeError('"delegatedBy" has been delegated 5 times, and no token may be more often'),
    );
  });

  it('ends with its delegator at a strict broker', async () => {
    const broker = await start({ strict: true });
    const root = await broker.issueToken({ scope: ['read:data:*'], ttl: 60 });
    const child = { scope: ['read:data:1'], delegatedBy: root, ttl: 600 };
    const plain = await broker.issueToken(child);
    expect(plain.claims.exp).toBe(root.claims.exp);
    const renamed = await broker.issueToken({ ...child, claims: { jti: 'another' } });
    broker.revoke({ level: 'token', target: root.tokenId });
    expect((await validate(broker, plain.token)).valid).toBe(false);
    expect((await validate(broker, renamed.token)).valid).toBe(false);
  });

  it('outlives its delegator at a faithful one', async () => {
    const broker = await start();
    const delegatedBy = await broker.issueToken({ scope: ['read:data:*'], ttl: 60 });
    const { claims } = await broker.issueToken({ scope: ['read:data:1'], delegatedBy, ttl: 600 });
    expect(claims.exp).toBeGreaterThan(delegatedBy.claims.exp);
  });
});
