import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestBroker } from '@agentwrit/broker/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Authority,
  type Certificate,
  createAuthority,
} from '../../../broker/test/certificates.js';
import { run } from './run.js';

const LIST = ['app', 'list'];

let folder: string;
let authority: Authority;
let server: Certificate;
let client: Certificate;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'agentwrit-certificates-'));
  authority = await createAuthority('an authority');
  [server, client] = await Promise.all([
    authority.issue('127.0.0.1', 'server'),
    authority.issue('an operator', 'client'),
  ]);
  write('ca.pem', authority.cert);
  write('cert.pem', client.cert);
  write('key.pem', client.key);
  write('server-key.pem', server.key);
  write('hush.pem', 'hush-hush');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

function flags(files: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(files).flatMap(([name, file]) => [`--${name}`, join(folder, file)]);
}

describe('certificates', () => {
  it.each([
    { name: 'all there', files: { ca: 'ca.pem', cert: 'cert.pem', key: 'key.pem' }, code: 0 },
    { name: 'none of the client', files: { ca: 'ca.pem' }, code: 3 },
    { name: 'no authority', files: { cert: 'cert.pem', key: 'key.pem' }, code: 3 },
  ])('reach a broker that asks for one: $name', async ({ files, code }) => {
    const tls = { ...server, clientCa: authority.cert };
    await using broker = await createTestBroker({ tls });
    const env = { AGENTWRIT_BROKER_URL: broker.url, AGENTWRIT_ADMIN_SECRET: broker.adminSecret };
    expect((await run([...LIST, ...flags(files)], { env })).code).toBe(code);
    const { token } = await broker.issueToken({ scope: ['read:data:*'] });
    const inspect = ['token', 'inspect', ...flags(files)];
    expect((await run(inspect, { env, stdin: token })).code).toBe(code);
  });

  it.each([
    {
      name: 'not there',
      files: { ca: 'none.pem' },
      what: /^agentwrit: "--ca": cannot read .+: no such/,
    },
    { name: 'no PEM', files: { ca: 'hush.pem' }, what: /^agentwrit: "--ca": .+ holds no PEM, / },
    { name: 'alone', files: { cert: 'cert.pem' }, what: /"--cert" and "--key" go together/ },
    {
      name: 'of two pairs',
      files: { cert: 'cert.pem', key: 'server-key.pem' },
      what: /"--cert" and "--key" cannot be read/,
    },
  ])('are wrong use when they are $name', async ({ files, what }) => {
    const env = { AGENTWRIT_BROKER_URL: 'https://localhost:9', AGENTWRIT_ADMIN_SECRET: 'x' };
    const { code, stderr } = await run([...LIST, ...flags(files)], { env });
    expect(code).toBe(2);
    expect(stderr[0]).toMatch(what);
    expect(stderr.join()).not.toMatch(/hush-hush|BEGIN (?!…)/);
  });

  it('are wrong use where there is no TLS', async () => {
    const env = { AGENTWRIT_BROKER_URL: 'http://localhost:9', AGENTWRIT_ADMIN_SECRET: 'x' };
    const { code, stderr } = await run([...LIST, ...flags({ ca: 'ca.pem' })], { env });
    expect(code).toBe(2);
    expect(stderr[0]).toContain('"--ca" is of no use with a broker that is not at an https: URL');
  });
});
