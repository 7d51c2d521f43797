// Where events are missing in → the file beside it that begins with them, for a log was rotated, out.

import { realpath } from 'node:fs/promises';
import { rotatedPath } from '../file/rotated.js';
import type { AuditLine } from '../reading/line.js';
import { readAuditBatches } from '../reading/lines.js';
import { numberOf } from './chain-walk.js';

/** The event that is missed. */
export interface MissedEvent {
  readonly number: number;
  readonly prevHash: string;
}

/**
 * A log that is rotated between a look into its folder and a look into its newest file goes on, there, behind a
 * file that nobody knew of.
 *
 * @param path of the newest file
 * @returns a path; `undefined` when there is no such file, or it holds something else
 */
export async function findRotated(path: string, missed: MissedEvent): Promise<string | undefined> {
  try {
    const rotated = rotatedPath(await realpath(path), missed.number);
    for await (const [first] of readAuditBatches(rotated)) {
      return isThat(first, missed) ? rotated : undefined;
    }
  } catch {
    // It is not there, or nobody may read it: the break stands.
  }
  return undefined;
}

function isThat(line: AuditLine | undefined, { number, prevHash }: MissedEvent): boolean {
  const event = line?.event;
  return event?.prev_hash === prevHash && numberOf(event.id) === number;
}
