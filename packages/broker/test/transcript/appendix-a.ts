// Appendix A of the protocol: every observable problem → which file of this folder produces it, and on
// which endpoints.

export interface Row {
  readonly status: number;
  readonly code: string;
  /** `⟨…⟩` stands for any text. */
  readonly detail: string;
  /** Test file → `METHOD path`. Absent: only a race or a failing database produces it. */
  readonly by?: Readonly<Record<string, readonly string[]>>;
}

/** Every route that needs a bearer token. */
export const BEARER_ROUTES: readonly string[] = [
  'POST /v1/token/renew',
  'POST /v1/token/release',
  'POST /v1/delegate',
  'POST /v1/revoke',
  'GET /v1/audit/events',
  'POST /v1/admin/launch-tokens',
  'POST /v1/app/launch-tokens',
  'POST /v1/admin/apps',
  'GET /v1/admin/apps',
  'GET /v1/admin/apps/{id}',
  'PUT /v1/admin/apps/{id}',
  'DELETE /v1/admin/apps/{id}',
];

/** Those of them that need no scope. */
const ANY_SCOPE = ['POST /v1/token/renew', 'POST /v1/token/release', 'POST /v1/delegate'];

const BODY_ROUTES = [
  'POST /v1/token/validate',
  'POST /v1/register',
  'POST /v1/delegate',
  'POST /v1/revoke',
  'POST /v1/admin/auth',
  'POST /v1/admin/launch-tokens',
  'POST /v1/app/launch-tokens',
  'POST /v1/admin/apps',
  'PUT /v1/admin/apps/{id}',
  'POST /v1/app/auth',
];

const VALIDATE = ['POST /v1/token/validate'];
const REGISTER = { register: ['POST /v1/register'] };
const REVOKE = { revoke: ['POST /v1/revoke'] };
const DELEGATE = { delegate: ['POST /v1/delegate'] };
const ADMIN_AUTH = { 'admin-auth': ['POST /v1/admin/auth'] };
const APP_AUTH = { 'app-auth': ['POST /v1/app/auth'] };
const LAUNCH_TOKENS = {
  'launch-tokens': ['POST /v1/admin/launch-tokens', 'POST /v1/app/launch-tokens'],
};
const APP_CALLER = { 'launch-tokens': ['POST /v1/app/launch-tokens'] };
const CREATE = ['POST /v1/admin/apps'];
const APPS = { apps: CREATE };
const UPDATE = ['PUT /v1/admin/apps/{id}'];
const BEARER = { bearer: BEARER_ROUTES };

function rows(
  status: number,
  code: string,
  details: readonly (readonly [detail: string, by?: Row['by']])[],
): Row[] {
  return details.map(([detail, by]) => ({ status, code, detail, ...(by && { by }) }));
}

export const APPENDIX_A: readonly Row[] = [
  ...rows(400, 'invalid_request', [
    ['malformed JSON body', { 'json-input': BODY_ROUTES }],
    ['failed to read request body', { 'body-cap': ['any request'] }],
    ['token field is required', { 'open-endpoints': VALIDATE }],
    ['missing required field', REGISTER],
    ['missing required field: requested_scope', REGISTER],
    ['level and target are required', REVOKE],
    ['invalid revocation level: ⟨…⟩', REVOKE],
    [
      'Admin auth format changed. Use {"secret": "..."} instead of client_id/client_secret',
      ADMIN_AUTH,
    ],
    ['secret is required', ADMIN_AUTH],
    ['agent_name is required', LAUNCH_TOKENS],
    ['allowed_scope must not be empty', LAUNCH_TOKENS],
    ['name is required', APPS],
    ['scopes must not be empty', APPS],
    ['invalid app name: must be lowercase letters, digits, and hyphens', APPS],
    ['invalid scope format: use action:resource:identifier', { ...APPS, 'app-update': UPDATE }],
    ['at least one of scopes or token_ttl must be provided', { 'app-update': UPDATE }],
    ['client_id and client_secret are required', APP_AUTH],
  ]),
  ...rows(400, 'invalid_ttl', [
    [
      'invalid token TTL: must be between 60 and 86400 seconds, got ⟨…⟩',
      { ...APPS, 'app-update': UPDATE },
    ],
  ]),
  ...rows(401, 'unauthorized', [
    ['missing authorization header', BEARER],
    ['invalid authorization scheme', BEARER],
    ['token verification failed', BEARER],
    ['token audience mismatch', BEARER],
    ['token renewal failed'],
    ['launch token: launch token not found', REGISTER],
    ['launch token: launch token expired', REGISTER],
    ['launch token: launch token already consumed', REGISTER],
    ['consume launch token: launch token already consumed'],
    ['nonce: nonce not found or expired', REGISTER],
    ['nonce: nonce already consumed', REGISTER],
    ['invalid Ed25519 public key: base64 decode failed', REGISTER],
    ['invalid Ed25519 public key: wrong key size', REGISTER],
    ['nonce signature verification failed: base64 decode failed', REGISTER],
    ['nonce signature verification failed', REGISTER],
    ['invalid credentials', ADMIN_AUTH],
    ['Authentication failed', APP_AUTH],
  ]),
  ...rows(403, 'insufficient_scope', [
    [
      'token lacks required scope: ⟨…⟩',
      { bearer: BEARER_ROUTES.filter((route) => !ANY_SCOPE.includes(route)) },
    ],
    ['token has been revoked'],
  ]),
  ...rows(403, 'scope_violation', [
    ['requested scope exceeds allowed scope', REGISTER],
    ['delegated scope exceeds delegator scope', DELEGATE],
    ['delegation depth limit exceeded', DELEGATE],
  ]),
  ...rows(403, 'forbidden', [
    ['app not found', APP_CALLER],
    ['requested scopes exceed app ceiling; allowed: [⟨…⟩]', APP_CALLER],
  ]),
  ...rows(404, 'not_found', [
    ['delegate agent not found', DELEGATE],
    [
      'app not found',
      {
        'app-rows': ['GET /v1/admin/apps/{id}', 'DELETE /v1/admin/apps/{id}'],
        'app-update': UPDATE,
      },
    ],
  ]),
  ...rows(413, 'payload_too_large', [
    ['request body must not exceed 1 MB', { 'body-cap': ['any request'] }],
  ]),
  ...rows(429, 'rate_limited', [
    [
      'rate limit exceeded, try again later',
      { 'rate-limits': ['POST /v1/admin/auth', 'POST /v1/app/auth'] },
    ],
  ]),
  ...rows(500, 'internal_error', [
    ['registration failed', REGISTER],
    ['delegation failed', DELEGATE],
    ['failed to register app', APPS],
    ['failed to list apps'],
    ['failed to get app'],
    ['failed to update app'],
    ['failed to update app TTL'],
    ['failed to retrieve updated app'],
    ['failed to deregister app'],
    ['authentication error'],
  ]),
];
