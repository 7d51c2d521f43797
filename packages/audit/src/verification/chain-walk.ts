// Lines in the order of the log in → where its hash chain breaks, and how, out (protocol §7.2).

import { type AuditEvent, FIRST_PREV_HASH } from '@agentwrit/protocol';
import { auditEventId, hashAuditEvent } from '../chain.js';
import type { EventLine } from '../reading/line.js';
import type { AuditBreak, BreakKind } from './report.js';

/** A break, and the event that would settle what happened to those that should stand there. */
export interface FoundBreak extends AuditBreak {
  /** If an event with this `prev_hash` comes later, none is missing: the order was changed. */
  readonly awaited?: string;
}

/** An event of the chain, or what stands before its beginning. */
interface Link {
  readonly hash: string;
  readonly number: number;
  readonly id: string;
}

const BEFORE_ALL: Link = { hash: FIRST_PREV_HASH, number: 0, id: 'the beginning' };

// A number longer than that is not exact, and no log has so many events.
const EVENT_ID = /^evt-(\d{6,15})$/;

/** `undefined` for what is no event id (protocol §7.1). */
export function numberOf(id: string): number | undefined {
  const digits = EVENT_ID.exec(id)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

export class ChainWalk {
  #first: Link | undefined;
  #last: Link | undefined;

  /** @param isComplete whether the first line has to be the first event of the log */
  constructor(isComplete: boolean) {
    if (isComplete) this.#last = BEFORE_ALL;
  }

  /** Takes the next line, if it is the next. */
  step(line: EventLine): FoundBreak | undefined {
    const { event } = line;
    if (hashAuditEvent(event, event.prev_hash) !== event.hash) {
      return breakAt(line, 'tampered', 'the hash does not fit what the event says');
    }
    const number = numberOf(event.id);
    if (number === undefined) {
      return breakAt(line, 'malformed', 'the id is not "evt-" and six digits or more');
    }
    // Only the first event of a log has nothing before it, and it has number 1.
    const isBeginning = event.prev_hash === FIRST_PREV_HASH;
    if (isBeginning !== (number === 1)) {
      return breakAt(
        line,
        'tampered',
        'the number and the hash before it disagree on what is first',
      );
    }
    const found = this.#last && this.#breakBetween(this.#last, { number, line });
    if (found !== undefined) return found;
    this.#last = { hash: event.hash, number, id: event.id };
    this.#first ??= this.#last;
    return undefined;
  }

  #breakBetween(last: Link, { number, line }: Step): FoundBreak | undefined {
    const { event } = line;
    const isLinked = event.prev_hash === last.hash;
    if (number === last.number + 1) {
      if (isLinked) return undefined;
      const detail = `it was not written after ${last.id} as that stands here: one of them was replaced`;
      return breakAt(line, 'tampered', detail);
    }
    if (number > last.number) {
      const gap = gapText(last, number);
      return isLinked
        ? breakAt(line, 'missing', `${gap}, and the chain was made anew without them`)
        : { ...breakAt(line, 'missing', gap), awaited: last.hash };
    }
    return this.#repetition(last, { number, line }, isLinked);
  }

  #repetition(last: Link, { number, line }: Step, isLinked: boolean): FoundBreak {
    const { event } = line;
    if (isLinked)
      return breakAt(line, 'duplicate', 'the chain goes on, with a number that was used');
    if (event.hash === last.hash)
      return breakAt(line, 'duplicate', 'the event before it once more');
    if (number < (this.#first?.number ?? 0)) {
      return breakAt(line, 'reordered', 'it is older than all events before it');
    }
    return breakAt(
      line,
      'duplicate',
      event.prev_hash === FIRST_PREV_HASH
        ? 'a log begins here, after events of another or of the same'
        : 'an event with this number came before',
    );
  }
}

interface Step {
  readonly number: number;
  readonly line: EventLine;
}

function gapText(last: Link, number: number): string {
  const count = number - last.number - 1;
  const [from, to] = [auditEventId(last.number + 1), auditEventId(number - 1)];
  return count === 1 ? `${from} is not here` : `${count} events, ${from} to ${to}, are not here`;
}

/** Tells of a line with an event. */
export function breakAt(
  { path, line, event }: EventLine,
  kind: BreakKind,
  detail: string,
): AuditBreak {
  return { kind, path, line, id: event.id, detail };
}

// Protocol §7.2: bars stand between the members. In the detail, the only one whose bars are usual, they cannot
// be mistaken as long as no other member has any.
const BARRED = [
  'timestamp',
  'event_type',
  'agent_id',
  'task_id',
  'orch_id',
  'resource',
  'outcome',
  'deleg_chain_hash',
] as const satisfies readonly (keyof AuditEvent)[];

/** The member other than the detail that has a bar in it. */
export function barredMember(event: AuditEvent): string | undefined {
  return BARRED.find((name) => event[name]?.includes('|'));
}
