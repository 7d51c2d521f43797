// The path of an audit file in → the right to be the only one who writes it, out. A writer that was killed
// leaves its lock; whoever comes next sees that nobody holds it, and takes it.

import { AuditFileError } from './file-error.js';
import { type Found, LockFile, readLock } from './lock-file.js';
import { describeHolder, parseHolder, stateOf, thisProcess } from './lock-holder.js';

export interface FileLock {
  /** Another may have taken it from a process that stood still for long. Throws the system's error. */
  readonly isHeld: () => boolean;
  /** Gives the file back. */
  readonly release: () => void;
}

// Each time somebody else was quicker. More often is not chance.
const ATTEMPTS = 50;
// Others hold a claim for less.
const PAUSE_MS = 2;
const TOUCH_MS = 1000;
// Of one that cannot be asked. Ten touches that did not come: its machine or its container has stopped.
const STALE_MS = 10_000;

/**
 * Within one host, or container, a lock is free as soon as its process is gone: that is a matter of the process id
 * and, on Linux, of when that process was started. Others cannot be asked, so they touch their lock every second,
 * and it is free when they have not for ten. No clock but the file system's is asked.
 *
 * @param path the real one
 * @throws AuditFileError `in_use`, `open_failed`
 */
export function lockFile(path: string): FileLock {
  const lock = `${path}.lock`;
  let own: LockFile | undefined;
  try {
    // Whole under another name, then linked: nobody ever sees half a lock.
    own = new LockFile(lock, JSON.stringify(thisProcess()));
    take(path, lock, own);
    own.removeTemporary();
  } catch (error) {
    own?.close();
    if (error instanceof AuditFileError) throw error;
    throw new AuditFileError('open_failed', `cannot make ${lock}`, error);
  }
  return held(lock, own);
}

function held(lock: string, own: LockFile): FileLock {
  const touching = setInterval(() => own.touch(), TOUCH_MS).unref();
  return {
    isHeld: () => own.isAt(lock),
    release: () => {
      clearInterval(touching);
      try {
        const found = readLock(lock);
        if (found?.id === own.id) own.removeOther(lock, found);
      } finally {
        own.close();
      }
    },
  };
}

function take(path: string, lock: string, own: LockFile): void {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (own.linkTo(lock)) return;
    const found = readLock(lock);
    if (found === undefined) continue;
    if (!isFree(found, own)) {
      const by = describeHolder(parseHolder(found.text));
      throw inUse(path, `by ${by}; if that is gone, remove ${lock}`);
    }
    removeLock(lock, own);
  }
  throw inUse(path, 'by others that start at the same time');
}

function isFree(found: Found, own: LockFile): boolean {
  const holder = parseHolder(found.text);
  const state = holder === undefined ? 'unknown' : stateOf(holder, thisProcess());
  return state === 'gone' || (state === 'unknown' && own.writtenMs - found.writtenMs > STALE_MS);
}

/** Of several that find it, one at a time may remove it. */
function removeLock(lock: string, own: LockFile): void {
  const claim = `${lock}.claim`;
  if (!own.linkTo(claim)) {
    const claimed = readLock(claim);
    // Killed within the few lines below.
    if (claimed && isFree(claimed, own)) own.removeOther(claim, claimed);
    else pause();
    return;
  }
  try {
    // It may be another by now.
    const found = readLock(lock);
    if (found && isFree(found, own)) own.removeOther(lock, found);
  } finally {
    const claimed = readLock(claim);
    if (claimed?.id === own.id) own.removeOther(claim, claimed);
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
}

function inUse(path: string, by: string): AuditFileError {
  return new AuditFileError('in_use', `${path} is written ${by}`);
}
