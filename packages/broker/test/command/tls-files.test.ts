import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTlsFiles, type TlsPaths } from '../../src/command/tls-files.js';
import { type Certificate, createAuthority } from '../certificates.js';

let folder: string;
let ca: Certificate;
let server: Certificate;
let paths: TlsPaths;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'agentwrit-tls-'));
  const authority = await createAuthority('a CA');
  ca = authority;
  server = await authority.issue('a server', 'server');
  paths = {
    tlsMode: 'mtls',
    tlsCert: write('server.pem', server.cert),
    tlsKey: write('server.key', server.key),
    tlsClientCa: write('ca.pem', ca.cert),
  };
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('TLS files', () => {
  it('are not looked at without TLS', () => {
    expect(readTlsFiles({ ...paths, tlsMode: 'none', tlsCert: '/missing' })).toBeUndefined();
  });

  it('are a certificate and its key', () => {
    const { cert, key } = server;
    expect(readTlsFiles({ ...paths, tlsMode: 'tls', tlsClientCa: '/missing' })).toEqual({
      cert,
      key,
    });
  });

  it('are joined by the CA of the clients for mTLS', () => {
    const { cert, key } = server;
    expect(readTlsFiles(paths)).toEqual({ cert, key, clientCa: ca.cert });
  });

  it('may have other text around what counts', () => {
    const tlsCert = write('chain.pem', `subject: x\n${server.cert}\n${ca.cert}`);
    expect(readTlsFiles({ ...paths, tlsCert })).toMatchObject({ key: server.key });
  });

  const secret = generateKeyPairSync('ed25519').privateKey;
  const encrypted = secret
    .export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'x' })
    .toString();
  it.each<{ name: string; change: () => Partial<TlsPaths>; message: () => string }>([
    {
      name: 'none is given',
      change: () => ({ tlsMode: 'tls', tlsCert: '', tlsKey: '' }),
      message: () => 'open : no such file or directory (AA_TLS_CERT is not set)',
    },
    {
      name: 'no key is given',
      change: () => ({ tlsMode: 'tls', tlsKey: '' }),
      message: () => 'open : no such file or directory (AA_TLS_KEY is not set)',
    },
    {
      name: 'the certificate is missing',
      change: () => ({ tlsCert: '/missing/cert' }),
      message: () => 'open /missing/cert: no such file or directory',
    },
    {
      name: 'the key is missing',
      change: () => ({ tlsKey: '/missing/key' }),
      message: () => 'open /missing/key: no such file or directory',
    },
    {
      name: 'the key is a folder',
      change: () => ({ tlsKey: folder }),
      message: () => `read ${folder}: is a directory`,
    },
    {
      name: 'the certificate is a key',
      change: () => ({ tlsCert: paths.tlsKey }),
      message: () => `tls: no certificate in ${paths.tlsKey}`,
    },
    {
      name: 'the key is a certificate',
      change: () => ({ tlsKey: paths.tlsCert }),
      message: () => `tls: no private key in ${paths.tlsCert}, or one behind a passphrase`,
    },
    {
      name: 'the key has a passphrase',
      change: () => ({ tlsKey: write('encrypted', encrypted) }),
      message: () =>
        `tls: no private key in ${join(folder, 'encrypted')}, or one behind a passphrase`,
    },
    {
      name: 'the key is another',
      change: () => ({ tlsKey: write('other', ca.key) }),
      message: () =>
        `tls: the key in ${join(folder, 'other')} is not that of the certificate in ${paths.tlsCert}`,
    },
    {
      name: 'no client CA is given',
      change: () => ({ tlsClientCa: '' }),
      message: () =>
        'loading client CA: open : no such file or directory (AA_TLS_CLIENT_CA is not set)',
    },
    {
      name: 'the client CA is missing, and all the rest',
      change: () => ({ tlsClientCa: '/missing/ca', tlsCert: '/missing/cert' }),
      message: () => 'loading client CA: open /missing/ca: no such file or directory',
    },
    {
      name: 'the client CA is an empty file',
      change: () => ({ tlsClientCa: write('empty', '') }),
      message: () => `loading client CA: tls: no certificate in ${join(folder, 'empty')}`,
    },
  ])('are refused when $name', ({ change, message }) => {
    expect(() => readTlsFiles({ ...paths, ...change() })).toThrow(new Error(message()));
  });
});
