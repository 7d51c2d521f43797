import { execFileSync, spawn } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSigningKey } from '../src/key-file.js';
import { SigningKey } from '../src/signing-key.js';
import { VECTOR_PEM } from './scene.js';
import { withoutRights } from './without-rights.js';

const VECTOR_BODY = 'MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f';
const VECTOR_KID = '1IG2tMH7J2wbJZnOf8LJzQitKf7LMvoAElsuDMVM54Y';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'broker-key-'));
  path = join(directory, 'signing.key');
});

afterEach(() => rmSync(directory, { recursive: true }));

const kidOf = (key: KeyObject): string => new SigningKey(key).kid;

function writeKey(text: string, mode = 0o600): void {
  writeFileSync(path, text);
  chmodSync(path, mode);
}

function block(type: string, body: string): string {
  return `-----BEGIN ${type}-----\n${body}\n-----END ${type}-----\n`;
}

/** The message; nothing of the error may show what is in the file. */
function messageOf(step: () => unknown, secret: string): string {
  try {
    step();
  } catch (error) {
    const shown = inspect(error, { depth: 9 });
    for (const line of secret.split('\n').filter((line) => /^[\w+/=]{20,}$/.test(line))) {
      expect(shown).not.toContain(line);
    }
    return error instanceof Error ? error.message : '';
  }
  return 'nothing was thrown';
}

describe('a key file that is there', () => {
  it.each([
    { name: 'as it is written', text: VECTOR_PEM },
    { name: 'with lines that end in CR LF', text: VECTOR_PEM.replaceAll('\n', '\r\n') },
    { name: 'without a last line break', text: VECTOR_PEM.trimEnd() },
    { name: 'with text around the block', text: `a comment\n\n${VECTOR_PEM}${VECTOR_BODY}\n` },
    { name: 'with another block behind', text: VECTOR_PEM + block('RSA PRIVATE KEY', 'AAAA') },
    { name: 'behind a block that does not end', text: `-----BEGIN X-----\n${VECTOR_PEM}` },
    { name: 'behind a block that is no base64', text: block('X', '*') + VECTOR_PEM },
  ])('is read $name', ({ text }) => {
    writeKey(text);
    expect(kidOf(loadSigningKey(path))).toBe(VECTOR_KID);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('is an error, and no wait, when it is a pipe', () => {
    execFileSync('mkfifo', ['-m', '600', path]);
    expect(() => loadSigningKey(path)).toThrow(`keystore: ${path}: not a regular file`);
  });

  const ed25519 = generateKeyPairSync('ed25519');
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  const pkcs8 = (key: KeyObject): string => key.export({ format: 'pem', type: 'pkcs8' }).toString();
  const asPrivateKey = (der: Buffer): string => block('PRIVATE KEY', der.toString('base64'));

  it.each([
    { name: 'is empty', text: '', why: 'no PEM block' },
    { name: 'is something else', text: VECTOR_BODY, why: 'no PEM block' },
    { name: 'is cut short', text: VECTOR_PEM.slice(0, -4), why: 'no PEM block' },
    { name: 'is no base64', text: block('PRIVATE KEY', `${VECTOR_BODY}*`), why: 'no PEM block' },
    {
      name: 'ends as another type',
      text: VECTOR_PEM.replace('END PRIVATE', 'END PUBLIC'),
      why: 'no PEM block',
    },
    {
      name: 'is PKCS#1',
      text: rsa.export({ format: 'pem', type: 'pkcs1' }).toString(),
      why: 'PEM block type is "RSA PRIVATE KEY", not "PRIVATE KEY"',
    },
    {
      name: 'is SEC 1',
      text: ec.export({ format: 'pem', type: 'sec1' }).toString(),
      why: 'PEM block type is "EC PRIVATE KEY", not "PRIVATE KEY"',
    },
    {
      name: 'is public',
      text: ed25519.publicKey.export({ format: 'pem', type: 'spki' }).toString(),
      why: 'PEM block type is "PUBLIC KEY", not "PRIVATE KEY"',
    },
    {
      name: 'is encrypted',
      text: ed25519.privateKey
        .export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'a' })
        .toString(),
      why: 'PEM block type is "ENCRYPTED PRIVATE KEY", not "PRIVATE KEY"',
    },
    {
      name: 'begins with another block',
      text: block('X', 'AAAA') + VECTOR_PEM,
      why: 'PEM block type is "X", not "PRIVATE KEY"',
    },
    {
      name: 'has a type that is none',
      text: block(`\u001b[2J${'Y'.repeat(99)}`, 'AAAA'),
      why: `PEM block type is "\\u001b[2J${'Y'.repeat(36)}", not "PRIVATE KEY"`,
    },
    { name: 'has an empty block', text: block('PRIVATE KEY', ''), why: 'not a PKCS#8 private key' },
    {
      name: 'has a key of another form',
      text: asPrivateKey(ec.export({ format: 'der', type: 'sec1' })),
      why: 'not a PKCS#8 private key',
    },
    {
      name: 'has a public key',
      text: asPrivateKey(ed25519.publicKey.export({ format: 'der', type: 'spki' })),
      why: 'not a PKCS#8 private key',
    },
    {
      name: 'has half a key',
      text: block('PRIVATE KEY', VECTOR_BODY.slice(0, 40)),
      why: 'not a PKCS#8 private key',
    },
    { name: 'has an RSA key', text: pkcs8(rsa), why: 'key is rsa, not Ed25519' },
    { name: 'has an EC key', text: pkcs8(ec), why: 'key is ec, not Ed25519' },
    {
      name: 'has a key for key agreement',
      text: pkcs8(generateKeyPairSync('x25519').privateKey),
      why: 'key is x25519, not Ed25519',
    },
  ])('is refused and left alone when it $name', ({ text, why }) => {
    writeKey(text);
    const message = messageOf(() => loadSigningKey(path), text);
    expect(message).toBe(`keystore: ${path}: ${why}`);
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect(readdirSync(directory)).toEqual(['signing.key']);
  });

  it.each([
    { mode: 0o600, warnings: [] },
    { mode: 0o400, warnings: [] },
    { mode: 0o640, warnings: ['(mode 0640)'] },
    { mode: 0o604, warnings: ['(mode 0604)'] },
    { mode: 0o666, warnings: ['(mode 0666)'] },
  ])('is used with mode $mode, with a warning when others have access', ({ mode, warnings }) => {
    writeKey(VECTOR_PEM, mode);
    const warned: string[] = [];
    const key = loadSigningKey(path, (message) => warned.push(message));
    expect(kidOf(key)).toBe(VECTOR_KID);
    expect(warned).toEqual(
      warnings.map((shown) => `signing key ${path} is open to others ${shown}`),
    );
    expect(statSync(path).mode & 0o777).toBe(mode);
  });
});

describe('a key file that is not there', () => {
  it('is made, for its owner alone, and is the key from then on', () => {
    path = join(directory, 'a', 'b', 'signing.key');
    const warned: string[] = [];
    const mask = process.umask(0);
    let key;
    try {
      key = loadSigningKey(path, (message) => warned.push(message));
    } finally {
      process.umask(mask);
    }
    const modes = [path, join(directory, 'a', 'b'), join(directory, 'a')].map(
      (made) => statSync(made).mode & 0o777,
    );
    expect(modes).toEqual([0o600, 0o700, 0o700]);
    expect(readdirSync(join(directory, 'a', 'b'))).toEqual(['signing.key']);
    expect(readFileSync(path, 'utf8')).toMatch(
      /^-----BEGIN PRIVATE KEY-----\n[\w+/]{64}\n-----END PRIVATE KEY-----\n$/,
    );
    expect(warned).toEqual([]);
    expect(kidOf(loadSigningKey(path))).toBe(kidOf(key));
  });

  it('is another key in every place', () => {
    const other = join(directory, 'other.key');
    expect(kidOf(loadSigningKey(path))).not.toBe(kidOf(loadSigningKey(other)));
  });

  it('is one key for all processes that start at once', async () => {
    const run = fileURLToPath(new URL('programs/run.mjs', import.meta.url));
    const paths = Array.from({ length: 20 }, (_, number) => join(directory, `${number}`, 'key'));
    const children = Array.from({ length: 3 }, () =>
      spawn(process.execPath, [run, 'load-key.ts'], { stdio: ['pipe', 'pipe', 'inherit'] }),
    );
    const readers = children.map(({ stdout }) =>
      createInterface({ input: stdout })[Symbol.asyncIterator](),
    );
    const nextLine = async (reader: NodeJS.AsyncIterator<string>): Promise<string> => {
      const line = await reader.next();
      return line.done === true ? 'the process has ended' : line.value;
    };
    const nextLines = (): Promise<string[]> => Promise.all(readers.map(nextLine));

    expect(await nextLines()).toEqual(['ready', 'ready', 'ready']);
    for (const path of paths) {
      for (const { stdin } of children) stdin.write(`${path}\n`);
      const keys = await nextLines();
      const { x } = createPublicKey(readFileSync(path, 'utf8')).export({ format: 'jwk' });
      expect(keys).toEqual([x, x, x]);
      expect(readdirSync(join(path, '..'))).toEqual(['key']);
    }
    for (const { stdin } of children) stdin.end();
  });
});

describe('a key file that cannot be had', () => {
  const messageAt = (at: string): string => messageOf(() => loadSigningKey(at), '');

  it('is a folder', () => {
    mkdirSync(path);
    expect(messageAt(path)).toBe(`keystore: read ${path}: is a directory`);
  });

  it('is behind a file', () => {
    writeFileSync(path, '');
    const behind = join(path, 'key');
    expect(messageAt(behind)).toBe(`keystore: open ${behind}: not a directory`);
  });

  it('is a link to nothing, which is not followed to make one', () => {
    symlinkSync('nothing', path);
    expect(messageAt(path)).toBe(`keystore: open ${path}: no such file or directory`);
    expect(readdirSync(directory)).toEqual(['signing.key']);
  });

  it('is not readable', () => {
    writeKey(VECTOR_PEM);
    const message = withoutRights(directory, 0, () => messageAt(path));
    expect(message).toBe(`keystore: open ${path}: permission denied`);
  });

  it('needs a folder that cannot be made', () => {
    const folder = join(directory, 'a');
    const message = withoutRights(directory, 0o555, () => messageAt(join(folder, 'key')));
    expect(message).toBe(`keystore: mkdir ${folder}: permission denied`);
  });

  it('cannot be made in a folder that takes no files', () => {
    const message = withoutRights(directory, 0o555, () => messageAt(path));
    expect(message).toMatch(/^keystore: open .*\/signing\.key\.\w+\.tmp: permission denied$/);
    expect(readdirSync(directory)).toEqual([]);
  });
});
