// A path in → the key that signs tokens out, made on the first start and kept for ever (protocol §8.6).

import { createPrivateKey, type KeyObject, randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { decodeBase64 } from './base64.js';
import { newSigningKey } from './signing-key.js';
import { errorCode, systemErrorText } from './system-error.js';

const BLOCK_TYPE = 'PRIVATE KEY';
// A block type that is quoted in an error is a short name, or the file is not what it should be.
const MAX_QUOTED_TYPE = 40;

/**
 * Reads the PKCS#8 PEM file, or makes it: mode 0600, missing directories 0700. A file that is there is
 * never written to, and of two processes that start at once both get the one key that was first.
 *
 * @param warn gets one sentence when others than the owner have access to the file; it is used all the same
 * @throws Error with `keystore: `, the file and what is wrong with it; never with what is in it
 */
export function loadSigningKey(path: string, warn?: (message: string) => void): KeyObject {
  try {
    return parseKey(readKeyFile(path, warn), path);
  } catch (error) {
    throw new Error(`keystore: ${systemErrorText(error, path)}`, { cause: error });
  }
}

function readKeyFile(path: string, warn: ((message: string) => void) | undefined): string {
  const file = openKeyFile(path);
  try {
    // Windows has no such bits and shows them set.
    const stat = fstatSync(file);
    if (stat.isFIFO()) throw new Error(`${path}: not a regular file`);
    const mode = process.platform === 'win32' ? 0 : stat.mode & 0o777;
    const text = readFileSync(file, 'latin1');
    if ((mode & 0o077) !== 0) {
      warn?.(`signing key ${path} is open to others (mode 0${mode.toString(8)})`);
    }
    return text;
  } finally {
    closeSync(file);
  }
}

// Without O_NONBLOCK, opening a pipe would wait for somebody to write.
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

function openKeyFile(path: string): number {
  try {
    return openSync(path, READ);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  createKeyFile(path);
  return openSync(path, READ);
}

/** Written whole under another name, then linked: nobody ever sees half a key, and links do not replace. */
function createKeyFile(path: string): void {
  const directory = dirname(path);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  try {
    // The file's bytes first, then its name: after a power cut there is a whole key or none.
    writeFileSync(temporary, newSigningKey().export({ format: 'pem', type: 'pkcs8' }), {
      flag: 'wx',
      mode: 0o600,
      flush: true,
    });
    linkSync(temporary, path);
  } catch (error) {
    // Another process was first, and its key is the one.
    if (errorCode(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
  syncDirectory(directory);
}

function syncDirectory(directory: string): void {
  // Windows opens no directories.
  if (process.platform === 'win32') return;
  const handle = openSync(directory, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function parseKey(text: string, path: string): KeyObject {
  const block = firstPemBlock(text);
  if (block === undefined) throw new Error(`${path}: no PEM block`);
  if (block.type !== BLOCK_TYPE) {
    const found = JSON.stringify(block.type.slice(0, MAX_QUOTED_TYPE));
    throw new Error(`${path}: PEM block type is ${found}, not "${BLOCK_TYPE}"`);
  }
  const key = parsePkcs8(block.bytes);
  if (key === undefined) throw new Error(`${path}: not a PKCS#8 private key`);
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new Error(`${path}: key is ${key.asymmetricKeyType ?? 'unknown'}, not Ed25519`);
  }
  return key;
}

// What OpenSSL says of a bad key is dropped: it helps nobody and is not ours to vouch for.
function parsePkcs8(der: Buffer): KeyObject | undefined {
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } catch {
    return undefined;
  }
}

/** Text around the block is skipped (RFC 7468 §2). By lines, because a pattern over it all backtracks. */
function firstPemBlock(
  text: string,
): { readonly type: string; readonly bytes: Buffer } | undefined {
  const lines = text.split('\n').map((line) => line.trimEnd());
  for (const [index, line] of lines.entries()) {
    const type = /^-----BEGIN (.*)-----$/.exec(line)?.[1];
    if (type === undefined) continue;
    const end = lines.indexOf(`-----END ${type}-----`, index);
    const bytes = end < 0 ? undefined : decodeBase64(lines.slice(index + 1, end).join(''));
    if (bytes !== undefined) return { type, bytes };
  }
  return undefined;
}
