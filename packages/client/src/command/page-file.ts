// A path and a page in → the page at that path, whole or not at all, out.

import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { systemReason } from './system-reason.js';
import { UsageError } from './verb.js';

/**
 * Whether a page can be put there, as far as that can be told before it is made.
 *
 * @param sources files that it must not replace; `-` is what stdin comes from
 * @throws UsageError when something else than a file stands there, or there is no folder for it
 */
export function assertReplaceable(flag: string, path: string, sources: readonly string[]): void {
  // Elsewhere it is stdout, and a file of that name is a slip.
  if (path === '-') throw new UsageError(`"--${flag}" must be a file, not "-"`);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    const folder = statSync(dirname(path), { throwIfNoEntry: false });
    if (folder?.isDirectory() === true) return;
    throw new UsageError(`"--${flag}": there is no folder ${dirname(path)}`);
  }
  if (found.isDirectory()) throw new UsageError(`"--${flag}": ${path} is a folder`);
  // A device would be replaced by the file for good.
  if (!found.isFile()) throw new UsageError(`"--${flag}": ${path} is no regular file`);
  const isSource = sources.some((source) => {
    const other = statOf(source);
    return other?.ino === found.ino && other.dev === found.dev;
  });
  if (isSource) throw new UsageError(`"--${flag}": ${path} is one of the files to read`);
}

function statOf(source: string): Stats | undefined {
  if (source !== '-') return statSync(source, { throwIfNoEntry: false });
  try {
    return fstatSync(0);
  } catch {
    // Closed: nothing comes from there.
    return undefined;
  }
}

/**
 * Replaces the file that stands there, or that a link there leads to; who may read it stays as it was.
 *
 * @throws Error when the file system refuses; what stood there is still there then
 */
export function writePage(path: string, text: string): void {
  try {
    const before = statSync(path, { throwIfNoEntry: false });
    replace(before ? realpathSync(path) : path, text, before?.mode);
  } catch (error) {
    throw new Error(`cannot write ${path}: ${systemReason(error)}`, { cause: error });
  }
}

function replace(path: string, text: string, mode: number | undefined): void {
  // In the same folder, so that putting it in place is one step.
  const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  // Nobody else reads it before it has the mode of the one that it replaces.
  const descriptor = openSync(temporary, 'wx', mode === undefined ? 0o666 : 0o600);
  try {
    try {
      if (mode !== undefined) fchmodSync(descriptor, mode & 0o777);
      writeFileSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
