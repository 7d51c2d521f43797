import { createTestBroker } from '@agentwrit/broker/testing';
import { describe, expect, it } from 'vitest';
import { forged } from './forged-token.js';
import { documentOf, run } from './run.js';

const RELEASE = ['token', 'release'];

describe('where the token comes from', () => {
  it.each([
    { name: 'stdin that is no terminal', argv: [], piped: true },
    { name: 'stdin by its name', argv: ['--token', '-'], piped: true },
    { name: 'the flag', argv: ['--token', 'TOKEN'], piped: false },
    { name: 'the flag, whatever is piped in', argv: ['--token', 'TOKEN'], piped: true },
  ])('may be $name', async ({ argv, piped }) => {
    await using broker = await createTestBroker();
    const { token } = await broker.issueToken({ scope: ['read:data:*'] });
    const flags = argv.map((argument) => (argument === 'TOKEN' ? token : argument));
    const stdin = argv.includes('TOKEN') ? 'something else' : `  ${token}\r\n`;
    const outcome = await run(
      [...RELEASE, ...flags, '--broker', broker.url],
      piped ? { stdin } : {},
    );
    expect(outcome).toEqual({ code: 0, stdout: ['released'], stderr: [] });
  });

  it('may come in pieces', async () => {
    await using broker = await createTestBroker();
    const { token } = await broker.issueToken({ scope: ['read:data:*'] });
    const stdin = [Buffer.from(token.slice(0, 9)), Buffer.from(token.slice(9))];
    expect((await run([...RELEASE, '--broker', broker.url], { stdin })).code).toBe(0);
  });

  it.each([
    { name: 'a terminal', given: {}, what: 'no token: pipe it in, or give --token' },
    { name: 'an empty pipe', given: { stdin: ' \n' }, what: 'there is no token on stdin' },
  ])('is not $name', async ({ given, what }) => {
    const { code, stderr } = await run([...RELEASE, '--broker', 'http://127.0.0.1:9'], given);
    expect(code).toBe(2);
    expect(stderr[0]).toBe(`agentwrit: ${what}`);
  });

  it('is not read to the end when it cannot be one', async () => {
    let chunks = 0;
    const stdin = {
      *[Symbol.iterator]() {
        for (; chunks < 1000; chunks += 1) yield Buffer.alloc(1024, 'a');
      },
    } as unknown as readonly Uint8Array[];
    const { code } = await run([...RELEASE, '--broker', 'http://127.0.0.1:9'], { stdin });
    expect(code).toBe(1);
    expect(chunks).toBeLessThan(100);
  });
});

describe('releasing a token', () => {
  it('ends it at once, and needs no admin secret', async () => {
    await using broker = await createTestBroker();
    const { token, tokenId } = await broker.issueToken({ scope: ['read:data:*'] });
    const outcome = await run([...RELEASE, '--broker', broker.url, '--json'], { stdin: token });
    expect(outcome.code).toBe(0);
    expect(documentOf(outcome)).toEqual({ released: true });
    expect(broker.auditEvents().at(-1)).toMatchObject({
      event_type: 'token_released',
      detail: expect.stringContaining(tokenId),
    });
    expect(broker.requestCount('/v1/admin/auth')).toBe(0);
  });

  it('is refused when the token is dead', async () => {
    await using broker = await createTestBroker();
    const { token, tokenId } = await broker.issueToken({ scope: ['read:data:*'] });
    broker.revoke({ level: 'token', target: tokenId });
    const { code, stdout, stderr } = await run([...RELEASE, '--broker', broker.url], {
      stdin: token,
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: [] });
    expect(stderr[0]).toMatch(
      /^agentwrit: Unauthorized: token verification failed \(401, unauthorized, request [0-9a-f]+\)$/,
    );
    expect(stderr[1]).toBe('it has expired, or was released, renewed or revoked.');
    expect(stderr.join()).not.toContain(token.slice(-20));
  });

  it('sends nothing that cannot be a token', async () => {
    await using broker = await createTestBroker();
    const { code, stderr } = await run([...RELEASE, '--broker', broker.url], {
      stdin: 'hush-hush',
    });
    expect(code).toBe(1);
    expect(stderr.join()).not.toContain('hush');
    expect(broker.requestCount()).toBe(0);
  });

  it('says nothing of success when nobody answers', async () => {
    await using broker = await createTestBroker();
    await broker.goDown();
    const outcome = await run([...RELEASE, '--broker', broker.url, '--json'], { stdin: forged() });
    expect(outcome).toMatchObject({ code: 3, stdout: [] });
    expect(JSON.parse(outcome.stderr.join())).toMatchObject({ code: 'transport' });
  });
});
