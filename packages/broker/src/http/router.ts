// A request in → a response out: request id, body cap, route, limit or bearer, handler (protocol §1.1).

import { randomBytes } from 'node:crypto';
import { RegExpRouter } from 'hono/router/reg-exp-router';
import type { BrokerState } from '../broker-state.js';
import { authenticate } from './bearer.js';
import { type Call, refuse, type Reply } from './call.js';
import { createResponder } from './response.js';
import { type PathRoutes, type Route, ROUTES_BY_PATH } from './route-table.js';
import { canonicalPath, cleanPath, readTarget, redirectLocation, type Target } from './target.js';
import type { WireHandler, WireRequest, WireResponse } from './wire.js';

/** Where a request leads. */
type Place =
  | { readonly kind: 'no target' }
  | { readonly kind: 'unclean path'; readonly location: string }
  | { readonly kind: 'unknown path' }
  | { readonly kind: 'route'; readonly entry: PathRoutes; readonly id: string };

const BODY_REFUSALS = {
  'too large': refuse(413, 'payload_too_large', 'request body must not exceed 1 MB'),
  unreadable: refuse(400, 'invalid_request', 'failed to read request body'),
};

// A handler never throws; if one does, the caller learns nothing of what was in its hands.
const FAULT = refuse(500, 'internal_error', 'internal error');

export function createWireHandler(state: BrokerState): WireHandler {
  const { log, tls } = state.settings;
  const responder = createResponder({ isTls: tls !== undefined });
  const find = createFinder();

  const respond = async (
    request: WireRequest,
    { target, place, requestId }: { target: Target; place: Place; requestId: string },
  ): Promise<WireResponse> => {
    const { body, method, header, peer } = request;
    const { path, query } = target;
    const facts = { requestId, path };
    if (place.kind === 'no target') return responder.badTarget();
    if (typeof body === 'string') return responder.bareProblem(BODY_REFUSALS[body], facts);
    if (place.kind === 'unclean path') return responder.redirect(place.location, method, requestId);
    if (place.kind === 'unknown path') {
      return responder.plainText(404, '404 page not found', requestId);
    }
    const { entry, id } = place;
    // HEAD is served like GET; whoever writes the response leaves the body out.
    const route = entry.routes.get(method === 'HEAD' ? 'GET' : method);
    if (route === undefined) {
      return responder.plainText(405, 'Method Not Allowed', requestId, { Allow: entry.allow });
    }
    try {
      const call = { path, query, header, body, peer, id };
      return responder.reply(await serve(route, call, state), facts);
    } catch (error) {
      const message = `${method} ${entry.path}: ${error instanceof Error ? error.name : 'fault'}`;
      log({ level: 'FAIL', module: 'HTTP', component: 'handler', message });
      return responder.reply(FAULT, facts);
    }
  };

  return async (request) => {
    const requestId = request.header('x-request-id') || randomBytes(8).toString('hex');
    const target = readTarget(request.target);
    const place: Place = target === undefined ? { kind: 'no target' } : find(target);
    const response = await respond(request, { target: target ?? NO_TARGET, place, requestId });
    // Not the path as it came: callers may have put anything there.
    const route = place.kind === 'route' ? place.entry.path : place.kind;
    const message = `${request.method} ${route} ${response.status}`;
    log({ level: 'TRACE', module: 'HTTP', component: 'request', message });
    return response;
  };
}

const NO_TARGET: Target = { path: '', escapedPath: '', query: '' };

/** As Go's `ServeMux` does: a path is cleaned first, and matched segment by segment, decoded. */
function createFinder(): (target: Target) => Place {
  const router = new RegExpRouter<PathRoutes>();
  for (const entry of ROUTES_BY_PATH) router.add('ALL', entry.path, entry);

  return ({ escapedPath, query }) => {
    const cleaned = cleanPath(escapedPath);
    if (cleaned !== escapedPath) {
      return { kind: 'unclean path', location: redirectLocation(cleaned, query) };
    }
    const [[found], segments] = router.match('ALL', canonicalPath(cleaned));
    if (found === undefined) return { kind: 'unknown path' };
    const [entry, params] = found;
    // Where a path has a parameter the router gives its place among the segments.
    const index = params['id'];
    const id = typeof index === 'number' ? segments?.[index] : index;
    return { kind: 'route', entry, id: decodeURIComponent(id ?? '') };
  };
}

function serve(route: Route, call: Call, state: BrokerState): Reply | Promise<Reply> {
  if (route.auth === 'none') {
    const limited = state.settings.rateLimits ? route.limit?.(call, state) : undefined;
    return limited ?? route.handle(call, state);
  }
  const caller = authenticate(call, route.scope, state);
  return 'kind' in caller ? caller : route.handle({ ...call, claims: caller }, state);
}
