// The path of an audit file in → the right to be the only one who writes it, out. A writer that was killed
// leaves its lock; whoever comes next sees that nobody holds it, and takes it.

import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { AuditFileError, systemCode } from './file-error.js';
import { describeHolder, isGone, parseHolder, thisProcess } from './lock-holder.js';

/** Gives the file back. */
export type Release = () => void;

// Each time somebody else was quicker. More often is not chance.
const ATTEMPTS = 50;
// Others hold a claim for less.
const PAUSE_MS = 2;

/**
 * Writers on other hosts cannot be asked whether they are alive, so their lock holds until it is removed by
 * hand. Within one host name it is a matter of the process id and, on Linux, of when that process was started.
 *
 * @param path the real one
 * @throws AuditFileError `in_use`, `open_failed`
 */
export function lockFile(path: string): Release {
  const lock = `${path}.lock`;
  const own = JSON.stringify(thisProcess());
  const temporary = `${lock}.${randomBytes(8).toString('hex')}`;
  try {
    // Whole under another name, then linked: nobody ever sees half a lock, and links do not replace.
    writeFileSync(temporary, own, { flag: 'wx', mode: 0o600 });
    take(path, lock, temporary);
  } catch (error) {
    if (error instanceof AuditFileError) throw error;
    throw new AuditFileError('open_failed', `cannot make ${lock}`, error);
  } finally {
    rmSync(temporary, { force: true });
  }
  return () => {
    if (readLock(lock) === own) rmSync(lock, { force: true });
  };
}

function take(path: string, lock: string, temporary: string): void {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (linkNew(temporary, lock)) return;
    const found = readLock(lock);
    if (found === undefined) continue;
    const holder = parseHolder(found);
    if (holder === undefined || !isGone(holder)) {
      throw inUse(path, `by ${describeHolder(holder)}; if that is gone, remove ${lock}`);
    }
    removeLock(lock, found, temporary);
  }
  throw inUse(path, 'by others that start at the same time');
}

/**
 * Of several that find it, one at a time may remove it: so the lock that is looked at is the one that is removed,
 * not one that was made since.
 */
function removeLock(lock: string, found: string, temporary: string): void {
  const claim = `${lock}.claim`;
  if (!linkNew(temporary, claim)) {
    const claimant = parseHolder(readLock(claim) ?? '');
    // Killed within the few lines below.
    if (claimant && isGone(claimant)) rmSync(claim, { force: true });
    else pause();
    return;
  }
  try {
    if (readLock(lock) === found) rmSync(lock);
  } finally {
    rmSync(claim, { force: true });
  }
}

/** @returns whether there was none of that name */
function linkNew(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
}

function inUse(path: string, by: string): AuditFileError {
  return new AuditFileError('in_use', `${path} is written ${by}`);
}

function readLock(lock: string): string | undefined {
  try {
    return readFileSync(lock, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
