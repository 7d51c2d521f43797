// The bytes of one line in → the audit event it holds, or what is wrong with it, out.

import { isUtf8 } from 'node:buffer';
import { type AuditEvent, readAuditEvent, WireError } from '@agentwrit/protocol';

/** More than any event needs: the broker takes bodies of 1 MiB, and logs a few members of them. */
export const MAX_LINE_BYTES: number = 1024 * 1024;

/** Where a line begins. */
export interface LinePlace {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** Bytes before it in the file. */
  readonly offset: number;
}

export type LineFault =
  | 'not_utf8'
  | 'not_json'
  /** JSON, and not what an event looks like. */
  | 'not_an_event'
  /** Over 1 MiB; it was not looked at. */
  | 'too_long'
  /** The last one, without an end: it is being written, or was cut off. It was not looked at. */
  | 'torn';

/** A line with an event. Nothing is proven: whether its hash fits is another question. */
export interface EventLine extends LinePlace {
  /** As it stands in the file, without the line end and a byte-order mark. */
  readonly text: string;
  /** Whether there is more around it than the line feed: a byte-order mark, a carriage return. */
  readonly isWrapped: boolean;
  readonly event: AuditEvent;
  readonly fault?: undefined;
}

export interface FaultyLine extends LinePlace {
  readonly event?: undefined;
  readonly fault: LineFault;
  /** What is wrong, for people. Quotes nothing from the line. */
  readonly detail: string;
}

export type AuditLine = EventLine | FaultyLine;

const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** @param bytes without the line feed */
export function readLine(bytes: Buffer, place: LinePlace): AuditLine {
  const start = place.offset === 0 && isMarked(bytes) ? BYTE_ORDER_MARK.length : 0;
  const end = bytes.at(-1) === CARRIAGE_RETURN ? bytes.length - 1 : bytes.length;
  if (end <= start) return faulty(place, 'not_json', 'the line is empty');
  if (!isUtf8(bytes)) return faulty(place, 'not_utf8', 'the line is not UTF-8 text');
  const text = bytes.toString('utf8', start, end);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return faulty(place, 'not_json', 'the line is not JSON');
  }
  try {
    const isWrapped = end - start < bytes.length;
    const { path, line, offset } = place;
    // Not `...place`, with which verifying a file takes half as much again.
    return { path, line, offset, text, isWrapped, event: readAuditEvent(value) };
  } catch (error) {
    if (error instanceof WireError) return faulty(place, 'not_an_event', error.message);
    throw error;
  }
}

function isMarked(bytes: Buffer): boolean {
  return bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
}

export function faulty(place: LinePlace, fault: LineFault, detail: string): FaultyLine {
  return { ...place, fault, detail };
}
