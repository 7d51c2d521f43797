// Settings in → everything one broker remembers out. Handlers get this and a call, nothing else.

import { AdminSecret } from './admin-secret.js';
import { Agents } from './agents.js';
import { Apps, appSubject } from './apps.js';
import { AuditLog } from './audit-log.js';
import type { BrokerSettings } from './broker-settings.js';
import { LaunchTokens } from './launch-tokens.js';
import { createMetrics, type Metrics } from './metrics.js';
import { Nonces } from './nonces.js';
import { observeStorage } from './observed-storage.js';
import { RateLimiter } from './rate-limits.js';
import { Revocations } from './revocations.js';
import { SigningKey } from './signing-key.js';
import { openSqliteStorage } from './sqlite-storage.js';
import type { Storage } from './storage.js';
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
  readonly metrics: Metrics;
  /** Absent: nothing outlives the broker. */
  readonly storage: Storage | undefined;
  /** The two limited endpoints (protocol §1.10). Their buckets are apart. */
  readonly limits: { readonly adminAuth: RateLimiter; readonly appAuth: RateLimiter };
}

/**
 * @throws Error when the database cannot be opened or read; the message begins with the step, in the
 * words of protocol §8.3
 */
export function createState(settings: BrokerSettings): BrokerState {
  const { clock, dbPath, log } = settings;
  const metrics = createMetrics();
  const opened =
    dbPath === undefined ? undefined : step('init database', () => openSqliteStorage(dbPath));
  try {
    const storage = opened && observeStorage(opened, { metrics, log });
    const key = new SigningKey(settings.signingKey);
    const apps = step('init database', () => new Apps(settings, storage));
    const audit = step('load audit events', () => new AuditLog({ clock, metrics, storage }));
    const revocations = step('load revocations', () => new Revocations(storage, settings));
    if (settings.strict) endDeregisteredApps(apps, revocations);
    return {
      settings,
      startedAt: clock(),
      key,
      tokens: new Tokens(settings, key, revocations, metrics),
      revocations,
      nonces: new Nonces(clock),
      launchTokens: new LaunchTokens(clock),
      agents: new Agents(settings.trustDomain),
      apps,
      admin: new AdminSecret(settings),
      audit,
      metrics,
      storage,
      limits: {
        adminAuth: new RateLimiter({ refillMs: 200, burst: 10 }, clock),
        appAuth: new RateLimiter({ refillMs: 6000, burst: 3 }, clock),
      },
    };
  } catch (error) {
    opened?.close();
    throw error;
  }
}

// Those that were deregistered while the broker was not strict: their tokens still live.
function endDeregisteredApps(apps: Apps, revocations: Revocations): void {
  for (const app of apps.newestFirst()) {
    if (app.status === 'inactive') revocations.add('agent', appSubject(app));
  }
}

function step<T>(name: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${name}: ${reason}`, { cause: error });
  }
}
