import { createTestBroker } from '@agentwrit/broker/testing';
import { describe, expect, it } from 'vitest';
import { CLAIMS, forged } from './forged-token.js';
import { documentOf, run } from './run.js';

const INSPECT = ['token', 'inspect'];
const ISSUED_MS = CLAIMS.iat * 1000;

describe('a token that the broker vouches for', () => {
  it('is explained, and is valid', async () => {
    await using broker = await createTestBroker();
    const { token, agentId, tokenId } = await broker.issueToken({
      scope: ['read:data:*', 'write:data:order-7'],
      taskId: 'task-9',
    });
    const argv = [...INSPECT, '--broker', broker.url];
    const { code, stdout, stderr } = await run(argv, { stdin: `${token}\n` });
    expect({ code, stderr }).toEqual({ code: 0, stderr: [] });
    expect(stdout[0]).toBe('VALID, says the broker');
    expect(stdout).toContain(`agent           ${agentId}`);
    expect(stdout).toContain('  task id       task-9');
    expect(stdout).toContain('ACTION  RESOURCE  IDENTIFIER  ALLOWS');
    expect(stdout).toContain('read    data      *           any identifier');
    expect(stdout).toContain('write   data      order-7     only order-7');
    expect(stdout).toContain(`token id   ${tokenId}`);
    expect(stdout).toContain('algorithm  EdDSA');
  });

  it('is described by what the broker vouched for', async () => {
    await using broker = await createTestBroker();
    const { token, claims } = await broker.issueToken({ scope: ['read:data:*'] });
    const argv = [...INSPECT, '--broker', broker.url, '--json'];
    const outcome = await run(argv, { stdin: token });
    expect(outcome.code).toBe(0);
    const { delegation_chain: _, ...shown } = claims;
    expect(documentOf(outcome)).toMatchObject({
      validation: { outcome: 'valid' },
      subject: { kind: 'agent', id: claims.sub, task_id: 'task-1' },
      scopes: [{ scope: 'read:data:*', allows: 'any identifier' }],
      required: [],
      delegation: null,
      claims: shown,
    });
  });

  it('is described by the claims of the answer, not by its own', async () => {
    await using broker = await createTestBroker();
    const claims = { ...CLAIMS, scope: ['read:logs:*'] };
    const headers = { 'content-type': 'application/json' };
    await broker.fail(200, { body: JSON.stringify({ valid: true, claims }), headers });
    const argv = [...INSPECT, '--broker', broker.url, '--require', 'read:logs:7'];
    const { code, stdout } = await run(argv, { stdin: forged() });
    expect(code).toBe(0);
    expect(stdout).toContain('requires read:logs:7  covered by read:logs:*');
  });

  it.each([
    { name: 'held', require: ['read:data:7'], code: 0, line: 'covered by read:data:*' },
    { name: 'not held', require: ['write:data:7'], code: 1, line: 'MISSING' },
    { name: 'held in part', require: ['read:data:7', 'read:logs:7'], code: 1, line: 'MISSING' },
  ])('is enough for what is $name', async ({ require, code, line }) => {
    await using broker = await createTestBroker();
    const { token } = await broker.issueToken({ scope: ['read:data:*'] });
    const argv = [...INSPECT, '--broker', broker.url, ...require.flatMap((s) => ['--require', s])];
    const outcome = await run(argv, { stdin: token });
    expect(outcome.code).toBe(code);
    expect(outcome.stdout).toContain(`requires ${require.at(-1)}  ${line}`);
  });
});

describe('a token that the broker refuses', () => {
  it('is explained, and is invalid', async () => {
    await using broker = await createTestBroker();
    const { token, agentId } = await broker.issueToken({ scope: ['read:data:*'] });
    broker.revoke({ level: 'agent', target: agentId });
    const argv = [...INSPECT, '--broker', broker.url];
    const { code, stdout } = await run(argv, { stdin: token });
    expect(code).toBe(1);
    expect(stdout[0]).toBe('INVALID, says the broker: token is invalid or expired');
    expect(stdout).toContain(`agent           ${agentId}`);
    const outcome = await run([...argv, '--json'], { stdin: token });
    expect(outcome.code).toBe(1);
    expect(documentOf(outcome)).toMatchObject({
      validation: { outcome: 'invalid', error: 'token is invalid or expired' },
    });
  });

  it('is not made good by covering what is required', async () => {
    await using broker = await createTestBroker();
    const argv = [...INSPECT, '--broker', broker.url, '--require', 'read:data:7'];
    expect((await run(argv, { stdin: forged() })).code).toBe(1);
  });
});

describe('a broker that cannot be asked', () => {
  it.each([500, 429, 404, 401, 302])('is neither yes nor no: %s', async (status) => {
    await using broker = await createTestBroker();
    const { token } = await broker.issueToken({ scope: ['read:data:*'] });
    await broker.fail(status, { headers: { 'Retry-After': '100' } });
    const argv = [...INSPECT, '--broker', broker.url, '--timeout', '5'];
    const { code, stdout, stderr } = await run(argv, { stdin: token });
    expect(code).toBe(3);
    expect(stdout[0]).toMatch(/^NOT VALIDATED: could not ask the broker\. /);
    expect(stderr[0]).toMatch(/^agentwrit: no usable answer: /);
    const outcome = await run([...argv, '--json', '--require', 'a:b:c'], { stdin: token });
    expect(outcome.code).toBe(3);
    expect(documentOf(outcome)).toMatchObject({ validation: { outcome: 'could_not_ask' } });
    expect(JSON.parse(outcome.stderr.join())).toMatchObject({ status });
  });

  it('is one that does not answer in time', async () => {
    await using broker = await createTestBroker();
    const { token } = await broker.issueToken({ scope: ['read:data:*'] });
    await broker.hang();
    const argv = [...INSPECT, '--broker', broker.url, '--timeout', '0.05', '--json'];
    const { code, stderr } = await run(argv, { stdin: token });
    expect(code).toBe(3);
    expect(JSON.parse(stderr.join())).toMatchObject({ code: 'timeout' });
  });
});

describe('a broker that is no address', () => {
  it('is wrong use', async () => {
    const argv = [...INSPECT, '--broker', 'ftp://localhost'];
    const { code, stdout, stderr } = await run(argv, { stdin: forged() });
    expect({ code, stdout }).toEqual({ code: 2, stdout: [] });
    expect(stderr[0]).toContain('"--broker" must be an http: or https: URL');
  });
});

describe('without a broker', () => {
  it('all is shown, and nothing is proven', async () => {
    const { code, stdout, stderr } = await run(INSPECT, { stdin: forged(), now: ISSUED_MS });
    expect({ code, stderr }).toEqual({ code: 0, stderr: [] });
    expect(stdout[0]).toMatch(/^NOT VALIDATED: no broker given\. /);
    expect(stdout).toContain('issued   2026-02-15T11:56:40Z  now');
    expect(stdout).toContain('key id     key-1');
    const outcome = await run([...INSPECT, '--json'], { stdin: forged(), now: ISSUED_MS });
    expect(documentOf(outcome)).toMatchObject({ validation: { outcome: 'not_asked' } });
  });

  it.each([
    { name: 'can be missing all the same', scope: 'write:data:7', code: 1 },
    { name: 'that is there is not known to be held', scope: 'read:data:7', code: 3 },
  ])('a scope $name', async ({ scope, code }) => {
    const argv = [...INSPECT, '--require', scope];
    expect((await run(argv, { stdin: forged() })).code).toBe(code);
  });

  it.each([
    {
      name: 'another algorithm',
      header: { alg: 'none' },
      line: 'algorithm  none: a broker takes EdDSA only',
    },
    { name: 'no algorithm', header: {}, line: 'algorithm  not said: a broker takes EdDSA only' },
    {
      name: 'a key id that is no text',
      header: { alg: 'EdDSA', kid: [1] },
      line: 'key id     not said',
    },
  ])('$name is said', async ({ header, line }) => {
    const { stdout } = await run(INSPECT, { stdin: forged(CLAIMS, header) });
    expect(stdout).toContain(line);
  });
});

describe('who a token names', () => {
  it.each([
    { name: 'an operator', sub: 'admin', line: 'admin  an operator, not an agent' },
    { name: 'an app', sub: 'app:app-x-1', line: 'app  app-x-1, not an agent' },
    { name: 'nobody', sub: 'root', line: 'subject  root: not of a form that a broker issues' },
  ])('may be $name', async ({ sub, line }) => {
    const { stdout } = await run(INSPECT, { stdin: forged({ ...CLAIMS, sub }) });
    expect(stdout).toContain(line);
  });

  it('may work for another task than its own', async () => {
    const stdin = forged({ ...CLAIMS, task_id: 'task-of-another' });
    const { stdout } = await run(INSPECT, { stdin });
    expect(stdout).toContain('for the task    task-of-another');
    expect(stdout.filter((line) => line.startsWith('for the orch'))).toEqual([]);
    const usual = await run(INSPECT, { stdin: forged() });
    expect(usual.stdout.filter((line) => line.startsWith('for the '))).toEqual([]);
  });
});
