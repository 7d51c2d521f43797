// The path of an audit file in → the file, open and ending with a whole line, and the end of the chain, out.

import { dirname } from 'node:path';
import type { ChainEnd } from '../chain.js';
import { FIRST_PREV_HASH } from '@agentwrit/protocol';
import type { Disk, OpenFile } from './disk.js';
import { AuditFileError } from './file-error.js';
import { HeldFile } from './held-file.js';
import { rotatedPaths } from './rotated.js';
import { readFirstNumber, readRange, readTail, type Tail } from './tail.js';

export interface OpenedLog {
  readonly held: HeldFile;
  /** Of the file, whole lines only. */
  readonly size: number;
  readonly end: ChainEnd;
  /** Of the file's first event, or of the one to come. */
  readonly firstNumber: number;
  /** Moved to `PATH.torn`. */
  readonly tornBytes: number;
}

/**
 * Continues the chain of the file or, where it has no event yet, of the newest one that it was before.
 *
 * @throws AuditFileError `not_a_file`, `open_failed`, `in_use`, `not_a_log`, `damaged`
 */
export function openLog(disk: Disk, path: string): OpenedLog {
  assertIsFile(disk, path);
  const file = openAt(disk, path);
  let held: HeldFile | undefined;
  try {
    held = new HeldFile(disk, path, file);
    const { tail, tornBytes } = repairTail(disk, path, file);
    const before = tail.last === undefined ? endOfRotated(disk, path) : undefined;
    const end = tail.last ?? before?.end ?? { number: 0, hash: FIRST_PREV_HASH };
    return {
      held,
      size: tail.end,
      end,
      // The number names the file when it is rotated; of a first line that cannot be read it is a good guess.
      firstNumber: tail.last ? (readFirstNumber(file) ?? tail.last.number) : end.number + 1,
      tornBytes: tornBytes + (before?.tornBytes ?? 0),
    };
  } catch (error) {
    if (held) held.close();
    else file.close();
    if (error instanceof AuditFileError) throw error;
    throw new AuditFileError('open_failed', `cannot read ${path}`, error);
  }
}

/** @throws AuditFileError `not_a_file`, `open_failed` */
export function assertIsFile(disk: Disk, path: string): void {
  try {
    if (disk.stat(path)?.isFile !== false) return;
  } catch (error) {
    throw new AuditFileError('open_failed', `cannot look at ${path}`, error);
  }
  throw new AuditFileError('not_a_file', `${path} is not a regular file`);
}

function openAt(disk: Disk, path: string): OpenFile {
  try {
    return disk.open(path);
  } catch (error) {
    throw new AuditFileError('open_failed', `cannot open ${path}`, error);
  }
}

/** Cuts off what is behind the last whole line; nothing is lost, it is kept in `PATH.torn`. */
export function repairTail(
  disk: Disk,
  path: string,
  file: OpenFile,
): { readonly tail: Tail; readonly tornBytes: number } {
  const tail = readTail(file, path);
  const { size } = file.stat();
  const tornBytes = size - tail.end;
  if (tornBytes > 0) {
    keepTorn(disk, `${path}.torn`, readRange(file, tail.end, size));
    file.truncate(tail.end);
  }
  return { tail, tornBytes };
}

/** On disk when it returns, its name too: only then may they go from where they were. */
function keepTorn(disk: Disk, path: string, bytes: Uint8Array): void {
  try {
    const torn = disk.openItself(path);
    try {
      torn.writeSync(bytes);
    } finally {
      torn.close();
    }
    disk.syncDirectoryNow(dirname(path));
  } catch (error) {
    throw new AuditFileError('open_failed', `what is torn cannot be moved to ${path}`, error);
  }
}

function endOfRotated(
  disk: Disk,
  path: string,
): { readonly end: ChainEnd; readonly tornBytes: number } | undefined {
  let tornBytes = 0;
  for (const rotated of rotatedPaths(disk, path).toReversed()) {
    assertIsFile(disk, rotated);
    const file = openAt(disk, rotated);
    try {
      const repaired = repairTail(disk, rotated, file);
      tornBytes += repaired.tornBytes;
      if (repaired.tail.last) return { end: repaired.tail.last, tornBytes };
    } finally {
      file.close();
    }
  }
  return undefined;
}
