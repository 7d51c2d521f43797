import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ADMIN_SECRET, command, emptyFolder, type Environment } from './child.js';

const GOOD = { AA_PORT: '0', AA_ADMIN_SECRET: ADMIN_SECRET, AA_SEED_TOKENS: 'true' };
const WEAK =
  "admin secret is a known-weak default; run 'awrit init' to generate a secure config, or set a strong AA_ADMIN_SECRET";

function rsaKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}

interface Case {
  readonly name: string;
  readonly env: Environment;
  /** Puts what is wrong into the folder where the command runs. */
  readonly prepare?: (folder: string) => void;
  readonly text: string | RegExp;
}

describe('a command that cannot start', () => {
  const database = { AA_DB_PATH: 'data.db' };
  it.each<Case>([
    {
      name: 'a known-weak one',
      env: { AA_ADMIN_SECRET: 'change-me-in-production' },
      text: WEAK,
    },
    {
      name: 'one that is too long',
      env: { AA_ADMIN_SECRET: 'hush'.repeat(19) },
      text: 'cfg: hash admin secret: bcrypt: password length exceeds 72 bytes',
    },
    {
      name: 'a key that is kept alone',
      env: { AA_SIGNING_KEY_PATH: 'signing.key' },
      text: /^AA_SIGNING_KEY_PATH without AA_DB_PATH: .*; set AA_DB_PATH or drop AA_SIGNING_KEY_PATH$/,
    },
    {
      name: 'a port that is none',
      env: { AA_PORT: 'http' },
      text: 'AA_PORT must be a whole number from 0 to 65535, got "http"',
    },
    {
      name: 'a key file that is none',
      env: database,
      prepare: (folder) => writeFileSync(join(folder, 'signing.key'), 'hush'),
      text: 'signing key: keystore: ./signing.key: no PEM block',
    },
    {
      name: 'a key of another kind',
      env: { ...database, AA_SIGNING_KEY_PATH: 'rsa.key' },
      prepare: (folder) => writeFileSync(join(folder, 'rsa.key'), rsaKey()),
      text: 'signing key: keystore: rsa.key: key is rsa, not Ed25519',
    },
    {
      name: 'a key that is a folder',
      env: database,
      prepare: (folder) => mkdirSync(join(folder, 'signing.key')),
      text: 'signing key: keystore: read ./signing.key: is a directory',
    },
    {
      name: 'a database that is none',
      env: database,
      prepare: (folder) => writeFileSync(join(folder, 'data.db'), 'no database '.repeat(1000)),
      text: /^init database: .*data\.db/,
    },
    {
      name: 'TLS without files',
      env: { AA_TLS_MODE: 'tls' },
      text: 'open : no such file or directory (AA_TLS_CERT is not set)',
    },
    {
      name: 'a path of two lines, in one',
      env: { AA_TLS_MODE: 'tls', AA_TLS_CERT: 'a\nFATAL: b' },
      text: String.raw`open a\u{a}FATAL: b: no such file or directory`,
    },
    {
      name: 'mTLS without a client CA',
      env: { AA_TLS_MODE: 'mtls', AA_TLS_CLIENT_CA: 'ca.pem' },
      text: 'loading client CA: open ca.pem: no such file or directory',
    },
    {
      name: 'an address that is none of this machine',
      env: { AA_BIND_ADDRESS: '192.0.2.1', AA_PORT: '8080' },
      text: 'listen tcp 192.0.2.1:8080: bind: cannot assign requested address',
    },
    {
      name: 'a name that leads nowhere',
      env: { AA_BIND_ADDRESS: 'nowhere.invalid' },
      text: /^listen tcp nowhere\.invalid:0: .*nowhere\.invalid$/,
    },
    // Of two that are wrong the earlier step is told (protocol §8.3).
    {
      name: 'a weak secret before a bad key',
      env: { ...database, AA_ADMIN_SECRET: 'change-me-in-production' },
      prepare: (folder) => writeFileSync(join(folder, 'signing.key'), 'hush'),
      text: WEAK,
    },
    {
      name: 'a bad key before a bad database',
      env: database,
      prepare: (folder) => {
        writeFileSync(join(folder, 'signing.key'), 'hush');
        writeFileSync(join(folder, 'data.db'), 'no database '.repeat(1000));
      },
      text: /^signing key: /,
    },
    {
      name: 'a bad database before missing TLS files',
      env: { ...database, AA_TLS_MODE: 'mtls' },
      prepare: (folder) => writeFileSync(join(folder, 'data.db'), 'no database '.repeat(1000)),
      text: /^init database: /,
    },
    {
      name: 'missing TLS files before a bad address',
      env: { AA_TLS_MODE: 'tls', AA_BIND_ADDRESS: '192.0.2.1' },
      text: 'open : no such file or directory (AA_TLS_CERT is not set)',
    },
  ])('says why, and gives no token away: $name', async ({ env, prepare, text }) => {
    const cwd = emptyFolder();
    prepare?.(cwd);
    const { code, stdout, stderr } = await command([], { cwd, env: { ...GOOD, ...env } }).finished;
    expect(stderr).toMatch(/^FATAL: [^\n]+\n$/);
    const told = stderr.slice('FATAL: '.length, -1);
    if (typeof text === 'string') expect(told).toBe(text);
    else expect(told).toMatch(text);
    expect(code).toBe(1);
    expect(stdout).not.toMatch(/SEED|listening/);
    expect(stdout + stderr).not.toContain('hush');
  });

  it('has no secret at all, and gives one to start with', async () => {
    const { code, stdout, stderr } = await command([], { env: { ...GOOD, AA_ADMIN_SECRET: '' } })
      .finished;
    const remedy =
      'AA_ADMIN_SECRET is not set; for a random one: export AA_ADMIN_SECRET="$(openssl rand -base64 32)"';
    expect(stderr).toBe(`FATAL: ${WEAK}\n${remedy}\n`);
    expect(code).toBe(1);
    expect(stdout).toBe('');
  });

  it('tells first of names that it does not know', async () => {
    const env = { AA_ADMIN_SECERT: 'hush', 'AA_\u001b[2J': 'hush' };
    const { stdout, stderr } = await command([], { env }).finished;
    const lines = stdout.split('\n').map((line) => line.split(' | ').at(-1));
    expect(lines).toEqual([expect.stringMatching(/^AA_/), expect.stringMatching(/^AA_/), '']);
    expect(lines).toContain(
      'AA_ADMIN_SECERT is not known and changes nothing; did you mean AA_ADMIN_SECRET?',
    );
    expect(lines).toContain(String.raw`AA_\u{1b}[2J is not known and changes nothing`);
    expect(stdout).toMatch(/^\[AA:CFG:WARN\] /);
    expect(stdout + stderr).not.toContain('hush');
  });

  it('leaves a port to whoever has it', async () => {
    await using server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const env = { ...GOOD, AA_PORT: String(port) };
    const { code, stdout, stderr } = await command([], { env }).finished;
    expect(stderr).toBe(`FATAL: listen tcp 127.0.0.1:${port}: bind: address already in use\n`);
    expect(code).toBe(1);
    expect(stdout).not.toContain('SEED');
  });

  it('writes nothing when the configuration is wrong', async () => {
    const cwd = emptyFolder();
    const env = { AA_DB_PATH: 'data.db' };
    expect(await command([], { cwd, env }).finished).toMatchObject({ code: 1 });
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('tells of config files that it passed over on its way', async () => {
    const cwd = emptyFolder();
    const config = join(cwd, 'config');
    writeFileSync(config, 'ADMIN_SECRET=hush');
    chmodSync(config, 0o644);
    const env = { AA_CONFIG_PATH: config };
    const { stdout, stderr } = await command([], { cwd, env }).finished;
    expect(stderr).toMatch(/^FATAL: admin secret is [^\n]*\nAA_ADMIN_SECRET is not set[^\n]*\n$/);
    expect(stdout).toMatch(
      /^\[AA:CFG:WARN\] \S+ \| config \| config file (\S+) is skipped: .*0644.*: chmod 600 \1\n$/,
    );
    expect(stdout).not.toContain('hush');
    expect(existsSync(config)).toBe(true);
  });
});
