// One event of the broker's audit log in → what it says is revoked out.

import { type AuditEvent, REVOCATION_LEVELS, WireError } from '@agentwrit/protocol';
import type { Revocation } from './tombstones.js';

// What follows `target=` is the word of whoever revoked; what is before it, the broker's.
const REVOKED = /^revoked at level=([a-z]{1,16}) target=/;
const RELEASED = /^token released \| jti=([0-9a-f]{32})$/;
const NEW_TOKEN = ' new_jti=';
const TOKEN_ID = /^[0-9a-f]{32}$/;

/**
 * `undefined` where nothing is revoked. What cannot be told exactly is told wider.
 *
 * @throws WireError when something is revoked and the event does not say what
 */
export function revocationOf(event: AuditEvent): Revocation | undefined {
  switch (event.event_type) {
    case 'token_revoked':
      return revoked(event);
    case 'token_released':
      return released(event);
    case 'token_renewed':
      return renewed(event);
    default:
      return undefined;
  }
}

// The level is no member of its own, and the target is in `agent_id`, whatever its level (protocol §2.9).
function revoked(event: AuditEvent): Revocation {
  const text = REVOKED.exec(event.detail)?.[1];
  const level = REVOCATION_LEVELS.find((known) => known === text);
  if (level === undefined) throw new WireError('event.detail', 'a revocation level', event.detail);
  return { level, target: subjectOf(event) };
}

function released(event: AuditEvent): Revocation {
  const tokenId = RELEASED.exec(event.detail)?.[1];
  return tokenId === undefined
    ? { level: 'agent', target: subjectOf(event) }
    : { level: 'token', target: tokenId };
}

// The old token's id is not in the log (protocol §2.6): all of the agent's tokens are asked for again, but for
// the one that has just been issued.
function renewed(event: AuditEvent): Revocation {
  const target = subjectOf(event);
  const at = event.detail.lastIndexOf(NEW_TOKEN);
  const tokenId = at === -1 ? '' : event.detail.slice(at + NEW_TOKEN.length);
  return TOKEN_ID.test(tokenId)
    ? { level: 'agent', target, exceptTokenId: tokenId }
    : { level: 'agent', target };
}

function subjectOf({ agent_id: subject }: AuditEvent): string {
  if (subject === undefined || subject === '') {
    throw new WireError('event.agent_id', 'a non-empty string', subject);
  }
  return subject;
}
