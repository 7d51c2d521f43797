// What the broker answers, under its wire names (protocol §2), read strictly from unknown JSON. What it says of
// apps is in app-answers.ts.
// Every reader throws a WireError that names the member that is wrong, never its value.

import { type Claims, type DelegationRecord, readClaims, readDelegationRecord } from './claims.js';
import { Fields } from './fields.js';
import { REVOCATION_LEVELS, type RevocationLevel } from './requests.js';
import { WireError } from './wire-error.js';

/** `GET /v1/health` */
export interface HealthAnswer {
  readonly status: string;
  readonly version: string;
  /** Whole seconds. */
  readonly uptime: number;
  readonly db_connected: boolean;
  readonly audit_events_count: number;
}

export function readHealth(value: unknown): HealthAnswer {
  const fields = new Fields(value, 'health');
  return {
    status: fields.string('status'),
    version: fields.string('version'),
    uptime: fields.integer('uptime'),
    db_connected: fields.boolean('db_connected'),
    audit_events_count: fields.integer('audit_events_count'),
  };
}

/** `GET /v1/challenge` */
export interface ChallengeAnswer {
  /** 64 lower-case hex digits, single use. */
  readonly nonce: string;
  /** Seconds. */
  readonly expires_in: number;
}

const NONCE = /^[0-9a-f]{64}$/;

export function readChallenge(value: unknown): ChallengeAnswer {
  const fields = new Fields(value, 'challenge');
  const nonce = fields.text('nonce');
  if (!NONCE.test(nonce)) {
    throw new WireError('challenge.nonce', '64 lower-case hex digits', nonce);
  }
  return { nonce, expires_in: fields.integer('expires_in') };
}

/** `POST /v1/token/validate`: HTTP 200 for both (protocol §2.4). */
export type ValidateAnswer =
  | { readonly valid: true; readonly claims: Claims }
  | { readonly valid: false; readonly error: string };

export function readValidation(value: unknown): ValidateAnswer {
  const fields = new Fields(value, 'validation');
  return fields.boolean('valid')
    ? { valid: true, claims: readClaims(fields.raw('claims')) }
    : { valid: false, error: fields.string('error') };
}

/** `POST /v1/register` */
export interface RegisterAnswer {
  readonly agent_id: string;
  readonly access_token: string;
  /** Seconds. */
  readonly expires_in: number;
}

export function readRegistration(value: unknown): RegisterAnswer {
  const fields = new Fields(value, 'registration');
  return {
    agent_id: fields.text('agent_id'),
    access_token: fields.text('access_token'),
    expires_in: fields.integer('expires_in'),
  };
}

/** `POST /v1/token/renew` */
export interface RenewAnswer {
  readonly access_token: string;
  /** Seconds. */
  readonly expires_in: number;
}

export function readRenewal(value: unknown): RenewAnswer {
  const fields = new Fields(value, 'renewal');
  return { access_token: fields.text('access_token'), expires_in: fields.integer('expires_in') };
}

/** `POST /v1/delegate` */
export interface DelegateAnswer {
  readonly access_token: string;
  /** Seconds. */
  readonly expires_in: number;
  /** The complete chain, oldest first. */
  readonly delegation_chain: readonly DelegationRecord[];
}

export function readDelegation(value: unknown): DelegateAnswer {
  const fields = new Fields(value, 'delegation');
  return {
    access_token: fields.text('access_token'),
    expires_in: fields.integer('expires_in'),
    delegation_chain: fields.list('delegation_chain', readDelegationRecord),
  };
}

/** `POST /v1/revoke` */
export interface RevokeAnswer {
  readonly revoked: boolean;
  readonly level: RevocationLevel;
  readonly target: string;
  /** Always 1: the broker does not count the tokens it hits (protocol §2.9). */
  readonly count: number;
}

export function readRevocation(value: unknown): RevokeAnswer {
  const fields = new Fields(value, 'revocation');
  const text = fields.string('level');
  const level = REVOCATION_LEVELS.find((known) => known === text);
  if (level === undefined) throw new WireError('revocation.level', 'a revocation level', text);
  return {
    revoked: fields.boolean('revoked'),
    level,
    target: fields.string('target'),
    count: fields.integer('count'),
  };
}

/** `POST /v1/admin/auth`; `POST /v1/app/auth` adds `scopes`. */
export interface AuthAnswer {
  readonly access_token: string;
  /** Seconds. */
  readonly expires_in: number;
  readonly token_type: string;
  /** App tokens only: what the app's own token may do, not the app's ceiling. */
  readonly scopes?: readonly string[];
}

export function readAuth(value: unknown): AuthAnswer {
  const fields = new Fields(value, 'auth');
  return {
    access_token: fields.text('access_token'),
    expires_in: fields.integer('expires_in'),
    token_type: fields.text('token_type'),
    ...(fields.raw('scopes') === undefined ? {} : { scopes: fields.strings('scopes') }),
  };
}

/** `POST /v1/admin/launch-tokens` and `POST /v1/app/launch-tokens` */
export interface LaunchTokenAnswer {
  readonly launch_token: string;
  /** RFC 3339, whole seconds. */
  readonly expires_at: string;
  readonly policy: {
    readonly allowed_scope: readonly string[];
    /** Seconds. */
    readonly max_ttl: number;
  };
}

export function readLaunchToken(value: unknown): LaunchTokenAnswer {
  const fields = new Fields(value, 'launch_token');
  const policy = new Fields(fields.raw('policy'), 'launch_token.policy');
  return {
    launch_token: fields.text('launch_token'),
    expires_at: fields.timestamp('expires_at'),
    policy: { allowed_scope: policy.strings('allowed_scope'), max_ttl: policy.integer('max_ttl') },
  };
}
