// What an operator wants dead in → the request for it out, or a TypeError for what the broker would refuse.

import {
  assertKnownOptions,
  assertText,
  REVOCATION_LEVELS,
  type RevocationLevel,
  type RevokeRequest,
} from '@agentwrit/protocol';
import { assertSignal, type CallOptions } from './option-checks.js';

export interface RevokeOptions extends CallOptions {
  readonly level: RevocationLevel;
  /** `token`: jti. `agent`: agent id. `task`: task id. `chain`: agent id of the first delegator. */
  readonly target: string;
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
  // The broker looks nothing up: it confirms the revocation of what cannot be, such as a line of a file with its end.
  if (target !== target.trim() || /[\p{Cc}\p{Cs}]/u.test(target)) {
    throw new TypeError('"target" must be an id, without white space or line breaks around it');
  }
  assertSignal(signal);
  return { body: { level, target }, signal };
}
