// Unknown JSON in → the claims of one token out, frozen (protocol §2.4).

import { Fields } from './fields.js';
import { WireError } from './wire-error.js';

/** One hop of a delegation: who handed authority on, what it held then, and when (protocol §3.8). */
export interface DelegationRecord {
  /** The delegator's `sub`. */
  readonly agent: string;
  /** The delegator's complete scope list, not the part it handed on. */
  readonly scope: readonly string[];
  /** RFC 3339, up to nine fractional digits. Kept as text: it is part of what was signed. */
  readonly delegated_at: string;
  /** Lower-case hex; only the broker can verify it. */
  readonly signature?: string;
}

/** Claims under their wire names, normalised: lists that the wire omits are empty. Deeply frozen. */
export interface Claims {
  /** `""` when the broker has no issuer configured. */
  readonly iss: string;
  readonly sub: string;
  readonly aud: readonly string[];
  /** Unix seconds; the token is valid up to and including this second. */
  readonly exp: number;
  readonly nbf: number;
  readonly iat: number;
  readonly jti: string;
  readonly sid?: string;
  readonly scope: readonly string[];
  /** Absent on admin and app tokens. On a delegated token, the delegator's. */
  readonly task_id?: string;
  readonly orch_id?: string;
  /** Oldest first. */
  readonly delegation_chain: readonly DelegationRecord[];
  readonly chain_hash?: string;
}

const EMPTY: readonly never[] = Object.freeze([]);

/**
 * Reads claims strictly: wrong types, unsafe integers, an empty `sub` or `jti` and an `exp` that is not
 * positive are errors; members it does not know are dropped.
 *
 * @throws WireError naming the member, never its value
 */
export function readClaims(value: unknown, path = 'claims'): Claims {
  const fields = new Fields(value, path);
  const exp = fields.integer('exp');
  if (exp <= 0) throw new WireError(`${path}.exp`, 'a time after 1970', exp);
  return Object.freeze({
    iss: fields.string('iss'),
    sub: fields.text('sub'),
    aud: fields.raw('aud') === undefined ? EMPTY : fields.strings('aud'),
    exp,
    nbf: fields.integer('nbf'),
    iat: fields.integer('iat'),
    jti: fields.text('jti'),
    ...present('sid', fields.optionalString('sid')),
    // The broker's encoder can write a missing list as null here, and only here (protocol §2.4).
    scope: (fields.raw('scope') ?? null) === null ? EMPTY : fields.strings('scope'),
    ...present('task_id', fields.optionalString('task_id')),
    ...present('orch_id', fields.optionalString('orch_id')),
    delegation_chain:
      fields.raw('delegation_chain') === undefined
        ? EMPTY
        : fields.list('delegation_chain', readDelegationRecord),
    ...present('chain_hash', fields.optionalString('chain_hash')),
  });
}

/** @throws WireError naming the member, never its value */
export function readDelegationRecord(value: unknown, path: string): DelegationRecord {
  const fields = new Fields(value, path);
  return Object.freeze({
    agent: fields.text('agent'),
    scope: (fields.raw('scope') ?? null) === null ? EMPTY : fields.strings('scope'),
    delegated_at: fields.timestamp('delegated_at'),
    ...present('signature', fields.optionalString('signature')),
  });
}

// An omitted text and an empty one are the same to the broker: it never writes an empty optional one.
function present<K extends string>(key: K, value: string | undefined): { [P in K]?: string } {
  return value === undefined || value === '' ? {} : ({ [key]: value } as { [P in K]: string });
}
