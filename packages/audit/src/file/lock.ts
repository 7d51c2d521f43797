// The path of an audit file in → the right to be the only one who writes it, out. A writer that was killed
// leaves its lock; whoever comes next sees that nobody holds it, and takes it.

import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { AuditFileError, systemCode } from './file-error.js';

/** Gives the file back. */
export type Release = () => void;

// Two files of one process: the lock would say no more than that this process is alive.
const held = new Set<string>();
// Each time somebody else was quicker. More often is not chance.
const ATTEMPTS = 20;

/**
 * Writers on other hosts cannot be asked whether they are alive, so their lock holds until it is removed by
 * hand. Within one host name it is a matter of the process id and, on Linux, of when that process was started.
 *
 * @param path the real one
 * @throws AuditFileError `in_use`, `open_failed`
 */
export function lockFile(path: string): Release {
  if (held.has(path)) throw inUse(path, 'by this process');
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
  held.add(path);
  return () => {
    held.delete(path);
    if (readLock(lock) === own) rmSync(lock, { force: true });
  };
}

function take(path: string, lock: string, temporary: string): void {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    try {
      linkSync(temporary, lock);
      return;
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
    }
    const found = readLock(lock);
    if (found === undefined) continue;
    const holder = parseHolder(found);
    if (holder === undefined || !isGone(holder)) {
      throw inUse(path, `by ${describe(holder)}; if that is gone, remove ${lock}`);
    }
    // Of several that find it, one moves it away. One that is late may catch the new lock: it is put back.
    const aside = `${temporary}.stale`;
    try {
      renameSync(lock, aside);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') continue;
      throw error;
    }
    if (readLock(aside) !== found) putBack(aside, lock);
    rmSync(aside, { force: true });
  }
  throw inUse(path, 'by others that start at the same time');
}

function putBack(aside: string, lock: string): void {
  try {
    linkSync(aside, lock);
  } catch (error) {
    // A third one was quicker: what two then write is seen before either writes again.
    if (systemCode(error) !== 'EEXIST') throw error;
  }
}

function inUse(path: string, by: string): AuditFileError {
  return new AuditFileError('in_use', `${path} is written ${by}`);
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Which start of the machine, and when after it: tells a process from a later one with its id. */
  readonly started: string;
}

function thisProcess(): Holder {
  return { pid: process.pid, host: hostname(), started: startOf(process.pid) ?? '' };
}

function isGone({ pid, host, started }: Holder): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is somebody else's.
    if (systemCode(error) === 'ESRCH') return true;
  }
  const now = startOf(pid);
  return now !== undefined && (now === ENDED || (started !== '' && now !== started));
}

// Killed, and its parent has not asked how it ended.
const ENDED = 'ended';

/** `undefined` where there is no /proc. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    // Field 22 of proc(5); the second, in parentheses, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return ENDED;
    return fields[19] === undefined ? undefined : `${boot} ${fields[19]}`;
  } catch {
    return undefined;
  }
}

function readLock(lock: string): string | undefined {
  try {
    return readFileSync(lock, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    if (!('pid' in value && 'host' in value && 'started' in value)) return undefined;
    const { pid, host, started } = value;
    if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
    return typeof host === 'string' && typeof started === 'string'
      ? { pid, host, started }
      : undefined;
  } catch {
    return undefined;
  }
}

function describe(holder: Holder | undefined): string {
  return holder === undefined
    ? 'somebody'
    : `process ${holder.pid} on ${JSON.stringify(holder.host)}`;
}
