// A started broker in → two tokens to try it with, as lines, out (protocol §8.4).

import { listText } from '../audit-log.js';
import type { BrokerState } from '../broker-state.js';
import { ADMIN_SCOPES } from '../http/routes/admin-auth.js';

const TTL_SECONDS = 3600;
// Covers no ordinary scope (protocol §4.2), which is how the broker has it.
const LAUNCH_SCOPE = ['*:*:*'];

/** The only place where the command prints a secret. The admin token leaves no audit event. */
export async function seedLines({
  audit,
  launchTokens,
  metrics,
  tokens,
}: BrokerState): Promise<readonly string[]> {
  const launch = launchTokens.create({
    allowedScope: LAUNCH_SCOPE,
    maxTtl: TTL_SECONDS,
    singleUse: true,
    ttl: TTL_SECONDS,
  });
  metrics.launchTokenCreated();
  audit.record({
    event_type: 'launch_token_issued',
    detail: `launch token issued for agent=seed-agent scope=${listText(LAUNCH_SCOPE)} max_ttl=${TTL_SECONDS} created_by=seed`,
    outcome: 'success',
  });
  const admin = await tokens.issue({
    sub: 'admin',
    scope: ADMIN_SCOPES,
    ttl: TTL_SECONDS,
    aud: [],
  });
  return [`SEED_LAUNCH_TOKEN=${launch.token}`, `SEED_ADMIN_TOKEN=${admin.token}`];
}
