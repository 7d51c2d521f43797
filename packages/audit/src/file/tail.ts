// An open audit file in → its last event, and where its last whole line ends, out. Reads backwards and little,
// however long the file is.

import { type AuditEvent, readAuditEvent } from '@agentwrit/protocol';
import { auditEventNumber, type ChainEnd, hashAuditEvent } from '../chain.js';
import type { OpenFile } from './disk.js';
import { AuditFileError } from './file-error.js';

/** What no line is longer than, its line break included. */
export const MAX_LINE_BYTES: number = 1024 * 1024;
// A crash of the whole machine can leave as many zeros as were on their way to the disk.
const MAX_TORN_BYTES = 64 * 1024 * 1024;
// Several batches: what was on its way to the disk together, of which a part may be missing.
const HOLES_REACH_BYTES = 4 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;
const LINE_BREAK = 0x0a;

export interface Tail {
  /** `undefined` when there is no event in the file. */
  readonly last: ChainEnd | undefined;
  /** Where the line of the last event that counts ends; what is behind it is torn. */
  readonly end: number;
}

/**
 * @param name of the file, for messages
 * @throws AuditFileError `not_a_log`, `damaged`
 */
export function readTail(file: OpenFile, name: string): Tail {
  const { size } = file.stat();
  if (size === 0) return { last: undefined, end: 0 };
  const end = beforeHoles(file, lineBreakBefore(file, size, MAX_TORN_BYTES) + 1);
  if (end === 0) {
    if (size <= MAX_TORN_BYTES && isTornFirst(file)) return { last: undefined, end: 0 };
    throw notALog(name);
  }
  const start = lineStart(file, end);
  const last = eventAt(file, start, end, name);
  if (last !== undefined) return { last, end };
  // A line whose pages did not all reach the disk before the machine went down. Behind one that is an event;
  // two such lines are no accident.
  const before = start > 0 ? eventAt(file, lineStart(file, start), start, name) : undefined;
  if (before === undefined) throw notALog(name);
  return { last: before, end: start };
}

/** The number of a file's first event; `undefined` when its first line is none. */
export function readFirstNumber(file: OpenFile): number | undefined {
  const text = readRange(file, 0, Math.min(file.stat().size, MAX_LINE_BYTES)).toString('utf8');
  const event = parseEvent(text.slice(0, text.indexOf('\n') + 1));
  return event && auditEventNumber(event.id);
}

function notALog(name: string): AuditFileError {
  return new AuditFileError('not_a_log', `${name} does not end with an audit event`);
}

/**
 * When a machine loses power, pages that had not reached the disk are zeros, and those behind them may be there. No
 * line has such a byte otherwise: a line that was changed, or that does not fit the chain, is left for whoever
 * verifies the file.
 *
 * @param end behind a line break, or 0
 * @returns where the first line begins that has a hole, within reach; else `end`
 */
function beforeHoles(file: OpenFile, end: number): number {
  const from = Math.max(0, end - HOLES_REACH_BYTES);
  const bytes = readRange(file, from, end);
  const hole = bytes.indexOf(0);
  if (hole === -1) return end;
  const lineBreak = bytes.subarray(0, hole).lastIndexOf(LINE_BREAK);
  if (lineBreak >= 0) return from + lineBreak + 1;
  return lineBreakBefore(file, from, MAX_TORN_BYTES) + 1;
}

/** Begins as an event does, as far as its bytes got to the disk; the rest may be any text. */
function isTornFirst(file: OpenFile): boolean {
  const start = readRange(file, 0, Math.min(file.stat().size, CHUNK_BYTES));
  const hole = start.indexOf(0);
  const text = start.toString('latin1', 0, hole === -1 ? FIRST_BYTES.length : hole);
  if (!text.startsWith(FIRST_BYTES.slice(0, text.length))) return false;
  return start.every((byte) => byte === 0 || byte === LINE_BREAK || byte >= FIRST_PRINTABLE);
}

const FIRST_BYTES = '{"id":"evt-';
const FIRST_PRINTABLE = 0x20;

function eventAt(file: OpenFile, start: number, end: number, name: string): ChainEnd | undefined {
  if (end - start > MAX_LINE_BYTES) return undefined;
  const event = parseEvent(readRange(file, start, end).toString('utf8'));
  const number = event && auditEventNumber(event.id);
  if (event === undefined || number === undefined) return undefined;
  if (hashAuditEvent(event, event.prev_hash) !== event.hash) {
    throw new AuditFileError('damaged', `the last event of ${name} does not match its own hash`);
  }
  return { number, hash: event.hash };
}

function parseEvent(line: string): AuditEvent | undefined {
  try {
    return readAuditEvent(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** Where the line starts whose line break is the byte before `end`. */
function lineStart(file: OpenFile, end: number): number {
  const found = lineBreakBefore(file, end - 1, MAX_LINE_BYTES);
  // None in reach: what is there is longer than any line, or begins with the file.
  return found >= 0 ? found + 1 : Math.max(0, end - 1 - MAX_LINE_BYTES);
}

/** The last line break before `end`; -1 when there is none within `reach`. */
function lineBreakBefore(file: OpenFile, end: number, reach: number): number {
  const limit = Math.max(0, end - reach);
  for (let to = end; to > limit; ) {
    const from = Math.max(limit, to - CHUNK_BYTES);
    const at = readRange(file, from, to).lastIndexOf(LINE_BREAK);
    if (at >= 0) return from + at;
    to = from;
  }
  return -1;
}

export function readRange(file: OpenFile, start: number, end: number): Buffer {
  const bytes = Buffer.alloc(end - start);
  let at = 0;
  while (at < bytes.length) {
    const count = file.read(bytes.subarray(at), start + at);
    // It became shorter meanwhile.
    if (count === 0) return bytes.subarray(0, at);
    at += count;
  }
  return bytes;
}
