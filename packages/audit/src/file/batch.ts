// What waits, and the end of the chain, in → the next lines of the file out.

import { encodeJson, formatTimestamp } from '@agentwrit/protocol';
import { type ChainEnd, auditLine, sealEntry } from '../chain.js';
import { type AuditEntry, auditEntryOf } from '../record.js';
import type { Lines } from './log.js';
import { AuditFileError } from './file-error.js';
import type { Queue, Waiting } from './queue.js';
import { MAX_LINE_BYTES } from './tail.js';

/** What an audit file says of itself, beside the decisions. `detail` is JSON. */
export const AUDIT_FILE_EVENT_TYPES = [
  /** Decisions are missing here: `{"dropped":n,"firstTime":ms,"lastTime":ms,"reason":"queue_full"}` */
  'audit_gap',
  /** The file ended within a line: `{"bytes":n}` were moved to `PATH.torn`. */
  'audit_repaired',
] as const;

// Sealing that much takes a few milliseconds, in which no request is served.
const MAX_BATCH_BYTES = 256 * 1024;

export interface Batch extends Lines {
  /** How many of those that wait are in it. */
  readonly count: number;
}

/**
 * Takes out nothing but decisions that cannot be written: whoever waits for such a one is told at once, else a gap
 * gets its place.
 *
 * @param onBadEvent told whether somebody waited
 */
export function sealBatch(
  queue: Queue,
  start: ChainEnd,
  onBadEvent: (isAwaited: boolean) => void,
): Batch {
  let end = start;
  let count = 0;
  let length = 0;
  const lines: Buffer[] = [];
  while (length < MAX_BATCH_BYTES) {
    const item = queue.items[count];
    if (item === undefined) break;
    const sealed = sealItem(item, end);
    if (sealed === undefined) {
      giveUp(queue, count, item);
      onBadEvent(item.kind === 'event' && item.waiter !== undefined);
      continue;
    }
    end = sealed.end;
    lines.push(sealed.line);
    length += sealed.line.length;
    count += 1;
  }
  return { bytes: Buffer.concat(lines, length), end, count };
}

function giveUp(queue: Queue, index: number, item: Waiting): void {
  if (item.kind !== 'event') throw new Error('what the file says of itself cannot be written');
  if (item.waiter) {
    queue.remove(index);
    item.waiter.reject(new AuditFileError('bad_event', BAD_EVENT));
  } else {
    const time = Date.now();
    const gap = { kind: 'gap', reason: 'bad_event', dropped: 1 } as const;
    queue.replace(index, { ...gap, firstTime: time, lastTime: time });
  }
}

/** For whoever gave it, and for the operator. */
export const BAD_EVENT = 'what is no decision, or too long for one, was not written';

function sealItem(
  item: Waiting,
  end: ChainEnd,
): { readonly line: Buffer; readonly end: ChainEnd } | undefined {
  try {
    const sealed = sealEntry(entryOf(item), end);
    const line = Buffer.from(auditLine(sealed), 'utf8');
    if (line.length > MAX_LINE_BYTES) return undefined;
    return { line, end: { number: end.number + 1, hash: sealed.hash } };
  } catch {
    return undefined;
  }
}

function entryOf(item: Waiting): AuditEntry {
  if (item.kind === 'event') return auditEntryOf(item.event);
  if (item.kind === 'repair') {
    return {
      timestamp: formatTimestamp(item.time),
      event_type: 'audit_repaired',
      detail: encodeJson({ bytes: item.bytes }),
    };
  }
  const { dropped, firstTime, lastTime, reason } = item;
  return {
    timestamp: formatTimestamp(Date.now()),
    event_type: 'audit_gap',
    detail: encodeJson({ dropped, firstTime, lastTime, reason }),
  };
}
