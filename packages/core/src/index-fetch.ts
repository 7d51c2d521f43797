// For Deno and Bun, whose own `fetch` keeps the connections. What is exported is documented in `index.ts`.

import { auditFeedOn, type CreateAuditFeed } from './audit-feed.js';
import { createFetchTransport } from './fetch-transport.js';
import { agentWritOn, type CreateAgentWrit, type FromEnv, fromEnvOn } from './create-agentwrit.js';
import { type CreateGuard, guardOn } from './guard.js';
import type { Platform } from './platform.js';

export * from './exports.js';

const platform: Platform = { createTransport: createFetchTransport, sharesWork: true };

export const createGuard: CreateGuard = guardOn(platform);
export const createAuditFeed: CreateAuditFeed = auditFeedOn(platform);
export const createAgentWrit: CreateAgentWrit = agentWritOn(createGuard);
export const fromEnv: FromEnv = fromEnvOn(createGuard);
