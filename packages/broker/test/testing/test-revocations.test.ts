import { describe, expect, it } from 'vitest';
import { start, validate } from './started.js';

describe('revoke', () => {
  it.each(['token', 'agent', 'task'] as const)('kills at level %s, at once', async (level) => {
    const broker = await start();
    const issued = await broker.issueToken({ scope: ['read:data:1'], taskId: 'task-5' });
    const other = await broker.issueToken({ scope: ['read:data:1'], taskId: 'task-6' });
    const target = { token: issued.tokenId, agent: issued.agentId, task: 'task-5' }[level];
    broker.revoke({ level, target });
    expect((await validate(broker, issued.token)).valid).toBe(false);
    expect((await validate(broker, other.token)).valid).toBe(true);
  });

  it('refuses the token where its id belongs, and does not repeat it', async () => {
    const broker = await start();
    const { token } = await broker.issueToken({ scope: ['read:data:1'] });
    const revoke = (): void => broker.revoke({ level: 'token', target: token });
    expect(revoke).toThrow(
      new TypeError('"target" of level "token" is the tokenId, not the token'),
    );
    expect(broker.auditEvents()).toEqual([]);
    broker.revoke({ level: 'task', target: 'a.b.c' });
    expect(broker.auditEvents()).toHaveLength(1);
  });

  it('locks operators out of a faithful broker only', async () => {
    const lockOut = { level: 'agent', target: 'admin' } as const;
    const strict = await start({ strict: true });
    expect(() => strict.revoke(lockOut)).toThrow(/^"target": a strict broker/);
    const faithful = await start();
    faithful.revoke(lockOut);
    const admin = await faithful.issueToken({ scope: ['admin:audit:*'], subject: 'admin' });
    expect((await validate(faithful, admin.token)).valid).toBe(false);
  });

  it.each([
    { name: 'a level that is none', value: { level: 'agents', target: 'x' }, message: /^"level"/ },
    { name: 'no target', value: { level: 'agent' }, message: /"target" some text$/ },
    { name: 'an empty target', value: { level: 'agent', target: '' }, message: /"target"/ },
    {
      name: 'an unknown member',
      value: { level: 'agent', target: 'x', reason: 'y' },
      message: /^unknown option "reason": revoke takes level, target$/,
    },
    { name: 'nothing', value: undefined, message: /^revoke takes a plain options object/ },
    { name: 'a text', value: 'some-id', message: /^revoke takes a plain options object/ },
  ])('refuses $name', async ({ value, message }) => {
    const broker = await start();
    const revoke = (): void => broker.revoke(value as never);
    expect(revoke).toThrow(TypeError);
    expect(revoke).toThrow(message);
  });
});
