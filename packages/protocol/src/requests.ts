// What clients send to the broker, under its wire names (protocol §2).

/** `POST /v1/token/validate` */
export interface ValidateRequest {
  readonly token: string;
}

/** `POST /v1/register` */
export interface RegisterRequest {
  readonly launch_token: string;
  readonly nonce: string;
  /** Padded base64 of the raw 32-byte Ed25519 public key. */
  readonly public_key: string;
  /** Padded base64 of the Ed25519 signature over the hex-decoded nonce. */
  readonly signature: string;
  readonly orch_id: string;
  readonly task_id: string;
  readonly requested_scope: readonly string[];
}

/** `POST /v1/delegate` */
export interface DelegateRequest {
  readonly delegate_to: string;
  readonly scope: readonly string[];
  /** Seconds; 60 when absent. */
  readonly ttl?: number;
}

/** What a revocation is aimed at (protocol §6.1). */
export type RevocationLevel = 'token' | 'agent' | 'task' | 'chain';

export const REVOCATION_LEVELS: readonly RevocationLevel[] = Object.freeze([
  'token',
  'agent',
  'task',
  'chain',
]);

/** `POST /v1/revoke` */
export interface RevokeRequest {
  readonly level: RevocationLevel;
  /** `token`: jti. `agent`: sub. `task`: task id. `chain`: sub of the first delegator. */
  readonly target: string;
}

/** `POST /v1/admin/auth` */
export interface AdminAuthRequest {
  readonly secret: string;
}

/** `POST /v1/app/auth` */
export interface AppAuthRequest {
  readonly client_id: string;
  readonly client_secret: string;
}

/** `POST /v1/admin/launch-tokens` and `POST /v1/app/launch-tokens` */
export interface LaunchTokenRequest {
  readonly agent_name: string;
  readonly allowed_scope: readonly string[];
  /** Seconds an agent's token lives; 300 when absent. */
  readonly max_ttl?: number;
  /** True when absent. */
  readonly single_use?: boolean;
  /** Seconds the launch token lives; 30 when absent. */
  readonly ttl?: number;
}

/** `POST /v1/admin/apps` */
export interface RegisterAppRequest {
  readonly name: string;
  /** The app's ceiling: its agents can hold no more. */
  readonly scopes: readonly string[];
  /** Seconds the app's own token lives, 60 to 86400. */
  readonly token_ttl?: number;
}

/** `PUT /v1/admin/apps/{id}`; at least one member */
export interface UpdateAppRequest {
  readonly scopes?: readonly string[];
  readonly token_ttl?: number;
}
