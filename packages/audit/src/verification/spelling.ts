// The text of a line and the event in it in → whether it says anything that the hash does not cover out.

import { type AuditEvent, encodeJson } from '@agentwrit/protocol';
import type { EventLine } from '../reading/line.js';

export type Spelling =
  /** As the broker and our own files write it. */
  | { readonly kind: 'usual' }
  /** Other escapes, blanks or order, members that are empty or 0, something around it; and no other members. */
  | { readonly kind: 'other' }
  /** Something in it could be changed, and the hash would still fit. */
  | { readonly kind: 'uncovered'; readonly detail: string };

const USUAL: Spelling = { kind: 'usual' };
const OTHER: Spelling = { kind: 'other' };

const MEMBERS: Readonly<Record<keyof AuditEvent, true>> = {
  id: true,
  timestamp: true,
  event_type: true,
  agent_id: true,
  task_id: true,
  orch_id: true,
  detail: true,
  resource: true,
  outcome: true,
  deleg_depth: true,
  deleg_chain_hash: true,
  bytes_transferred: true,
  hash: true,
  prev_hash: true,
};

// Names longer than this are not those of a mistake.
const SHOWN_NAME = 60;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/** Quick for the usual spelling: nothing can hide in a line that equals what its event is written as. */
export function spellingOf({ text, isWrapped, event }: EventLine): Spelling {
  // As UTF-8, which is hashed, all of them are the same three bytes. They get into a line by an escape only.
  if (/\\u[dD]/.test(text) && hasHalfPair(event)) {
    return uncovered('holds half a surrogate pair, which the hash does not tell from another half');
  }
  if (text === JSON.stringify(event) || text === encodeJson(event)) {
    return isWrapped || hasEmpty(event) ? OTHER : USUAL;
  }
  const names = Object.keys(JSON.parse(text) as object);
  const unknown = names.find((name) => !Object.hasOwn(MEMBERS, name));
  if (unknown !== undefined) {
    return uncovered(`has a member that the hash does not cover: ${unknown.slice(0, SHOWN_NAME)}`);
  }
  if (countMembers(text) !== names.length) {
    return uncovered('has a member twice, of which the hash covers the last');
  }
  return OTHER;
}

function uncovered(what: string): Spelling {
  return { kind: 'uncovered', detail: `the line ${what}` };
}

function hasHalfPair(event: AuditEvent): boolean {
  return Object.values(event).some(
    (value: unknown) => typeof value === 'string' && /\p{Cs}/u.test(value),
  );
}

/** Whether a member is there that is as good as absent, and left out by whoever writes one (protocol §7.1). */
function hasEmpty(event: AuditEvent): boolean {
  // Not a loop over their names: this is done for every line.
  return (
    event.agent_id === '' ||
    event.task_id === '' ||
    event.orch_id === '' ||
    event.resource === '' ||
    event.outcome === '' ||
    event.deleg_depth === 0 ||
    event.deleg_chain_hash === '' ||
    event.bytes_transferred === 0
  );
}

/** Of JSON text that is an object of texts and numbers: the colons outside texts. */
function countMembers(text: string): number {
  let count = 0;
  let isInText = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) isInText = !isInText;
    else if (isInText && code === BACKSLASH) at += 1;
    else if (!isInText && code === COLON) count += 1;
  }
  return count;
}
