// The text of a lock in → whose it is, and whether that process is still there, out.

import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { systemCode } from './file-error.js';

export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Which start of the machine; `''` where nobody knows, as of all that follows. */
  readonly boot: string;
  /** Within which processes have their ids: containers may share the name of the host and not this. */
  readonly namespace: string;
  /** When, after the start of the machine: tells a process from a later one with its id. */
  readonly started: string;
}

export type HolderState =
  | 'alive'
  | 'gone'
  /** Of another host or container, so its process id says nothing here. */
  | 'unknown';

export function thisProcess(): Holder {
  return {
    pid: process.pid,
    host: hostname(),
    boot: orEmpty(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()),
    namespace: orEmpty(() => readlinkSync('/proc/self/ns/pid')),
    started: startOf(process.pid) ?? '',
  };
}

/** @param here the process that asks */
export function stateOf(holder: Holder, here: Holder): HolderState {
  const { pid, host, boot, namespace, started } = holder;
  const isNear = host === here.host && boot === here.boot && namespace === here.namespace;
  if (!isNear || (process.platform === 'linux' && namespace === '')) return 'unknown';
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is somebody else's.
    if (systemCode(error) === 'ESRCH') return 'gone';
  }
  const now = startOf(pid);
  const isGone = now !== undefined && (now === ENDED || (started !== '' && now !== started));
  return isGone ? 'gone' : 'alive';
}

// Killed, and its parent has not asked how it ended.
const ENDED = 'ended';

/** `undefined` where there is no /proc. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // Field 22 of proc(5); the second, in parentheses, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? ENDED : fields[19];
  } catch {
    return undefined;
  }
}

function orEmpty(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

export function parseHolder(text: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    if (!('pid' in value && 'host' in value && 'boot' in value)) return undefined;
    if (!('namespace' in value && 'started' in value)) return undefined;
    const { pid, host, boot, namespace, started } = value;
    if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
    if (typeof host !== 'string' || typeof boot !== 'string') return undefined;
    if (typeof namespace !== 'string' || typeof started !== 'string') return undefined;
    return { pid, host, boot, namespace, started };
  } catch {
    return undefined;
  }
}

export function describeHolder(holder: Holder | undefined): string {
  return holder === undefined
    ? 'somebody'
    : `process ${holder.pid} on ${JSON.stringify(holder.host)}`;
}
