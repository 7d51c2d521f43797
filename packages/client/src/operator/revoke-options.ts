// What an operator wants dead in → the request for it out, or a TypeError for what the broker would refuse.

import {
  assertKnownOptions,
  assertText,
  isAgentIdSegment,
  REVOCATION_LEVELS,
  type RevocationLevel,
  type RevokeRequest,
  subjectKind,
} from '@agentwrit/protocol';
import { assertSignal, type CallOptions } from '../option-checks.js';

export interface RevokeOptions extends CallOptions {
  readonly level: RevocationLevel;
  /** `token`: jti. `agent`: agent id. `task`: task id. `chain`: agent id of the first delegator. */
  readonly target: string;
}

// The broker revokes whatever it is told, also what no token can ever be, and says that it is done.
const TARGETS: Readonly<
  Record<RevocationLevel, { what: string; isPossible: (target: string) => boolean }>
> = {
  // The token itself would go into the audit log.
  token: { what: 'the id of a token, its "jti", not the token', isPossible: isTokenId },
  agent: { what: 'the id of an agent, of an app ("app:…") or "admin"', isPossible: isSubject },
  task: { what: 'the id of a task', isPossible: isAgentIdSegment },
  chain: { what: 'the id of the agent that delegated first', isPossible: isSubject },
};

function isTokenId(target: string): boolean {
  return target.length <= 128 && /^[\w-]+$/.test(target);
}

function isSubject(target: string): boolean {
  return subjectKind(target) !== 'unknown';
}

/** @throws TypeError naming the option that is wrong or unknown */
export function readRevokeOptions(options: RevokeOptions): {
  readonly body: RevokeRequest;
  readonly signal: AbortSignal | undefined;
} {
  assertKnownOptions(options, 'revoke', ['level', 'target', 'signal']);
  const { level, target, signal } = options;
  if (!REVOCATION_LEVELS.includes(level)) {
    throw new TypeError(`"level" must be one of ${REVOCATION_LEVELS.join(', ')}`);
  }
  assertText(target, 'target');
  const takes = TARGETS[level];
  if (!takes.isPossible(target)) throw new TypeError(`"target" must be ${takes.what}`);
  // A line of a file with its end.
  if (target !== target.trim() || /[\p{Cc}\p{Cs}]/u.test(target)) {
    throw new TypeError('"target" must be an id, without white space or line breaks around it');
  }
  assertSignal(signal);
  return { body: { level, target }, signal };
}
