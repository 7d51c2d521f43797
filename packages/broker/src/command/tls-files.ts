// Paths of PEM files in → their texts, known to be what they should be, out (protocol §8.5).

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { TlsSettings } from '../broker-options.js';
import { systemErrorText } from '../system-error.js';
import type { Configuration } from './environment.js';

export type TlsPaths = Pick<Configuration, 'tlsMode' | 'tlsCert' | 'tlsKey' | 'tlsClientCa'>;

/**
 * @returns `undefined` for plain HTTP
 * @throws Error when a file cannot be read or is something else; never says what is in it
 */
export function readTlsFiles({
  tlsMode,
  tlsCert,
  tlsKey,
  tlsClientCa,
}: TlsPaths): TlsSettings | undefined {
  if (tlsMode === 'none') return undefined;
  const clientCa = tlsMode === 'mtls' ? readClientCa(tlsClientCa) : undefined;
  const cert = readPem(tlsCert, 'AA_TLS_CERT');
  const key = readPem(tlsKey, 'AA_TLS_KEY');
  const privateKey = parsePrivateKey(key, tlsKey);
  if (!parseCertificate(cert, tlsCert).checkPrivateKey(privateKey)) {
    throw new Error(`tls: the key in ${tlsKey} is not that of the certificate in ${tlsCert}`);
  }
  return { cert, key, ...(clientCa !== undefined && { clientCa }) };
}

// An empty text in the place of a CA would mean every CA that the system trusts.
function readClientCa(path: string): string {
  try {
    const pem = readPem(path, 'AA_TLS_CLIENT_CA');
    parseCertificate(pem, path);
    return pem;
  } catch (error) {
    throw new Error(`loading client CA: ${systemErrorText(error)}`, { cause: error });
  }
}

function readPem(path: string, variable: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const hint = path === '' ? ` (${variable} is not set)` : '';
    throw new Error(`${systemErrorText(error, path)}${hint}`, { cause: error });
  }
}

// What OpenSSL says of a bad file is dropped: it helps nobody and may quote it.
function parseCertificate(pem: string, path: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new Error(`tls: no certificate in ${path}`);
  }
}

function parsePrivateKey(pem: string, path: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new Error(`tls: no private key in ${path}, or one behind a passphrase`);
  }
}
