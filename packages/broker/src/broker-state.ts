// Settings in → everything one broker remembers out. Handlers get this and a call, nothing else.

import { AdminSecret } from './admin-secret.js';
import { Agents } from './agents.js';
import { Apps } from './apps.js';
import { AuditLog } from './audit-log.js';
import type { BrokerSettings } from './broker-options.js';
import { LaunchTokens } from './launch-tokens.js';
import { Nonces } from './nonces.js';
import { RateLimiter } from './rate-limits.js';
import { Revocations } from './revocations.js';
import { SigningKey } from './signing-key.js';
import { Tokens } from './tokens.js';

export interface BrokerState {
  readonly settings: BrokerSettings;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly key: SigningKey;
  readonly tokens: Tokens;
  readonly revocations: Revocations;
  readonly nonces: Nonces;
  readonly launchTokens: LaunchTokens;
  readonly agents: Agents;
  readonly apps: Apps;
  readonly admin: AdminSecret;
  readonly audit: AuditLog;
  /** The two limited endpoints (protocol §1.10). Their buckets are apart. */
  readonly limits: { readonly adminAuth: RateLimiter; readonly appAuth: RateLimiter };
}

export function createState(settings: BrokerSettings): BrokerState {
  const { clock, bcryptCost } = settings;
  const key = new SigningKey(settings.signingKey);
  const revocations = new Revocations();
  return {
    settings,
    startedAt: clock(),
    key,
    tokens: new Tokens(settings, key, revocations),
    revocations,
    nonces: new Nonces(clock),
    launchTokens: new LaunchTokens(clock),
    agents: new Agents(settings.trustDomain),
    apps: new Apps(clock, bcryptCost),
    admin: new AdminSecret(settings.adminSecret, bcryptCost),
    audit: new AuditLog(clock),
    limits: {
      adminAuth: new RateLimiter({ refillMs: 200, burst: 10 }, clock),
      appAuth: new RateLimiter({ refillMs: 6000, burst: 3 }, clock),
    },
  };
}
