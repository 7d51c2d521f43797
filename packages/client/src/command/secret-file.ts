// A path and a text in → a file that only its owner can read out.

import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { systemReason } from './system-reason.js';
import { UsageError } from './verb.js';

/**
 * All or nothing: a file that exists is left alone or replaced as a whole. What stands at the path is never
 * followed.
 *
 * @throws UsageError when something is there already, and is not a file to be replaced
 * @throws Error when the file system refuses
 */
export function writeSecretFile(
  path: string,
  text: string,
  { isForced }: { readonly isForced: boolean },
): void {
  const folder = dirname(path);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new Error(`cannot make the folder ${folder}: ${systemReason(error)}`, { cause: error });
  }
  try {
    if (isForced) replace(path, text);
    else create(path, text);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new Error(`cannot write ${path}: ${systemReason(error)}`, { cause: error });
  }
}

function create(path: string, text: string): void {
  const descriptor = open(path);
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } catch (error) {
    // Half a secret is worse than none.
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

function open(path: string): number {
  try {
    // "x": fails when anything is there, a symbolic link that leads nowhere included (POSIX, O_EXCL).
    return openSync(path, 'wx', 0o600);
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (!isThere) throw error;
    throw new UsageError(`${path} exists already; --force replaces it`);
  }
}

function replace(path: string, text: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found !== undefined && !found.isFile()) {
    throw new UsageError(`${path} is no regular file: --force does not replace it`);
  }
  // In the same folder, so that putting it in place is one step.
  const temporary = `${path}.${randomBytes(8).toString('hex')}`;
  create(temporary, text);
  try {
    // Replaces whatever is there by now; a link would be replaced, not followed.
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
