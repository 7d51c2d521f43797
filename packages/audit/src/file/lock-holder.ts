// The text of a lock in → whose it is, and whether that process is still there, out.

import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { systemCode } from './file-error.js';

export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Which start of the machine, and when after it: tells a process from a later one with its id. */
  readonly started: string;
}

export function thisProcess(): Holder {
  return { pid: process.pid, host: hostname(), started: startOf(process.pid) ?? '' };
}

export function isGone({ pid, host, started }: Holder): boolean {
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

export function parseHolder(text: string): Holder | undefined {
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

export function describeHolder(holder: Holder | undefined): string {
  return holder === undefined
    ? 'somebody'
    : `process ${holder.pid} on ${JSON.stringify(holder.host)}`;
}
