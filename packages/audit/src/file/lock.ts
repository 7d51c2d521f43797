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
// In which a touch would come. Clocks are set now and then, and then the age of a lock says nothing.
const LOOK_AGAIN_MS = 1500;

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
    if (!isFree(lock, found, own)) {
      const by = describeHolder(parseHolder(found.text));
      throw inUse(path, `by ${by}; if that is gone, remove ${lock}`);
    }
    removeLock(lock, own);
  }
  throw inUse(path, 'by others that start at the same time');
}

function isFree(path: string, found: Found, own: LockFile): boolean {
  const holder = parseHolder(found.text);
  const state = holder === undefined ? 'unknown' : stateOf(holder, thisProcess());
  return state === 'gone' || (state === 'unknown' && isStale(path, found, own));
}

/** Whether its time is far from now, before or behind, and stands still. */
function isStale(path: string, found: Found, own: LockFile): boolean {
  if (Math.abs(own.writtenMs - found.writtenMs) <= STALE_MS) return false;
  pause(LOOK_AGAIN_MS);
  const again = readLock(path);
  return again?.id === found.id && again.writtenMs === found.writtenMs;
}

/** Of several that find it, one at a time may remove it. */
function removeLock(lock: string, own: LockFile): void {
  const claim = `${lock}.claim`;
  if (!own.linkTo(claim)) {
    const claimed = readLock(claim);
    // Killed within the few lines below.
    if (claimed && isFree(claim, claimed, own)) own.removeOther(claim, claimed);
    else pause(PAUSE_MS);
    return;
  }
  try {
    // It may be another by now.
    const found = readLock(lock);
    if (found && isFree(lock, found, own)) own.removeOther(lock, found);
  } finally {
    const claimed = readLock(claim);
    if (claimed?.id === own.id) own.removeOther(claim, claimed);
  }
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function inUse(path: string, by: string): AuditFileError {
  return new AuditFileError('in_use', `${path} is written ${by}`);
}
