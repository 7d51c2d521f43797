// The one table of routes: what is asked of a caller, and who answers (protocol §2.0). Routing, 405 and
// `Allow` are all derived from it.

import type { BearerCall, Call, Handler } from './call.js';
import { type Limiter, limitAdminAuth, limitAppAuth } from './rate-limited.js';
import { adminAuth } from './routes/admin-auth.js';
import { appAuth } from './routes/app-auth.js';
import { deregisterApp, getApp, listApps, registerApp, updateApp } from './routes/apps.js';
import { auditEvents } from './routes/audit-events.js';
import { challenge } from './routes/challenge.js';
import { delegate } from './routes/delegate.js';
import { health } from './routes/health.js';
import { createLaunchToken } from './routes/launch-tokens.js';
import { exposeMetrics } from './routes/metrics.js';
import { release, renew } from './routes/own-token.js';
import { register } from './routes/register.js';
import { revoke } from './routes/revoke.js';
import { validate } from './routes/validate.js';

interface Place {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
}

interface OpenRoute extends Place {
  readonly auth: 'none';
  readonly limit?: Limiter;
  readonly handle: Handler<Call>;
}

interface BearerRoute extends Place {
  readonly auth: 'bearer';
  /** Absent: any valid token. */
  readonly scope?: string;
  readonly handle: Handler<BearerCall>;
}

export type Route = OpenRoute | BearerRoute;

const LAUNCH = 'admin:launch-tokens:*';

// biome-ignore format: a table
export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/v1/challenge', auth: 'none', handle: challenge },
  { method: 'GET', path: '/v1/health', auth: 'none', handle: health },
  { method: 'GET', path: '/v1/metrics', auth: 'none', handle: exposeMetrics },
  { method: 'POST', path: '/v1/token/validate', auth: 'none', handle: validate },
  { method: 'POST', path: '/v1/register', auth: 'none', handle: register },
  { method: 'POST', path: '/v1/token/renew', auth: 'bearer', handle: renew },
  { method: 'POST', path: '/v1/token/release', auth: 'bearer', handle: release },
  { method: 'POST', path: '/v1/delegate', auth: 'bearer', handle: delegate },
  { method: 'POST', path: '/v1/revoke', auth: 'bearer', scope: 'admin:revoke:*', handle: revoke },
  { method: 'GET', path: '/v1/audit/events', auth: 'bearer', scope: 'admin:audit:*', handle: auditEvents },
  { method: 'POST', path: '/v1/admin/auth', auth: 'none', limit: limitAdminAuth, handle: adminAuth },
  { method: 'POST', path: '/v1/admin/launch-tokens', auth: 'bearer', scope: LAUNCH, handle: createLaunchToken },
  { method: 'POST', path: '/v1/app/launch-tokens', auth: 'bearer', scope: 'app:launch-tokens:*', handle: createLaunchToken },
  { method: 'POST', path: '/v1/admin/apps', auth: 'bearer', scope: LAUNCH, handle: registerApp },
  { method: 'GET', path: '/v1/admin/apps', auth: 'bearer', scope: LAUNCH, handle: listApps },
  { method: 'GET', path: '/v1/admin/apps/:id', auth: 'bearer', scope: LAUNCH, handle: getApp },
  { method: 'PUT', path: '/v1/admin/apps/:id', auth: 'bearer', scope: LAUNCH, handle: updateApp },
  { method: 'DELETE', path: '/v1/admin/apps/:id', auth: 'bearer', scope: LAUNCH, handle: deregisterApp },
  { method: 'POST', path: '/v1/app/auth', auth: 'none', limit: limitAppAuth, handle: appAuth },
];

export interface PathRoutes {
  readonly path: string;
  readonly routes: ReadonlyMap<string, Route>;
  /** What a 405 says: sorted, and GET brings HEAD (protocol §1.7). */
  readonly allow: string;
}

export const ROUTES_BY_PATH: readonly PathRoutes[] = [
  ...new Set(ROUTES.map(({ path }) => path)),
].map((path) => {
  const routes = new Map(
    ROUTES.filter((route) => route.path === path).map((route) => [route.method as string, route]),
  );
  const methods = [...routes.keys(), ...(routes.has('GET') ? ['HEAD'] : [])];
  return { path, routes, allow: methods.toSorted().join(', ') };
});
