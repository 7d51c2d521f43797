// For Deno and Bun, whose own `fetch` keeps the connections. What is exported is documented in `index.ts`.

import { auditFeedOn, type CreateAuditFeed } from './audit-feed.js';
import { createFetchTransport } from './fetch-transport.js';
import { type CreateGuard, guardOn } from './guard.js';
import type { Platform } from './platform.js';

export * from './exports.js';

const platform: Platform = { createTransport: createFetchTransport, sharesWork: true };

export const createGuard: CreateGuard = guardOn(platform);
export const createAuditFeed: CreateAuditFeed = auditFeedOn(platform);
