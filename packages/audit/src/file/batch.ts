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

// A write that long keeps no disk busy for a noticeable time.
const MAX_BATCH_BYTES = 1024 * 1024;

export interface Batch extends Lines {
  /** How many of those that wait are in it. */
  readonly count: number;
}

/**
 * Takes nothing out. A decision that cannot be written gives its place to a gap, and whoever waits for it is
 * told at once.
 */
export function sealBatch(queue: Queue, start: ChainEnd, onBadEvent: () => void): Batch {
  let end = start;
  let count = 0;
  let length = 0;
  const lines: Buffer[] = [];
  while (count < queue.items.length && length < MAX_BATCH_BYTES) {
    const item = queue.items[count];
    if (item === undefined) break;
    const sealed = sealItem(item, end);
    if (sealed === undefined) {
      if (item.kind !== 'event') throw new Error('an event of the file itself cannot be written');
      const time = Date.now();
      queue.replace(count, {
        kind: 'gap',
        reason: 'bad_event',
        dropped: 1,
        firstTime: time,
        lastTime: time,
      });
      item.waiter?.reject(new AuditFileError('bad_event', 'this decision cannot be written'));
      onBadEvent();
      continue;
    }
    end = sealed.end;
    lines.push(sealed.line);
    length += sealed.line.length;
    count += 1;
  }
  return { bytes: Buffer.concat(lines, length), end, count };
}

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
