// A request in → a response out: request id, body cap, route, limit or bearer, handler (protocol §1.1).

import { randomBytes } from 'node:crypto';
import { RegExpRouter } from 'hono/router/reg-exp-router';
import type { BrokerState } from '../broker-state.js';
import { authenticate } from './bearer.js';
import { type Call, refuse, type Reply } from './call.js';
import { createResponder } from './response.js';
import { type Route, ROUTES_BY_PATH } from './route-table.js';
import { canonicalPath, cleanPath, readTarget, redirectLocation, type Target } from './target.js';
import type { WireHandler, WireRequest, WireResponse } from './wire.js';

const BODY_REFUSALS = {
  'too large': refuse(413, 'payload_too_large', 'request body must not exceed 1 MB'),
  unreadable: refuse(400, 'invalid_request', 'failed to read request body'),
};

// A handler never throws; if one does, the caller learns nothing of what was in its hands.
const FAULT = refuse(500, 'internal_error', 'internal error');

export function createWireHandler(state: BrokerState): WireHandler {
  const { log, tls } = state.settings;
  const responder = createResponder({ isTls: tls !== undefined });
  const router = new RegExpRouter<(typeof ROUTES_BY_PATH)[number]>();
  for (const entry of ROUTES_BY_PATH) router.add('ALL', entry.path, entry);

  const respond = async (
    request: WireRequest,
    target: Target | undefined,
    requestId: string,
  ): Promise<WireResponse> => {
    const { body, method } = request;
    const facts = { requestId, path: target?.path ?? '' };
    if (target === undefined) return responder.badTarget();
    if (typeof body === 'string') return responder.bareProblem(BODY_REFUSALS[body], facts);

    const cleaned = cleanPath(target.escapedPath);
    if (cleaned !== target.escapedPath) {
      return responder.redirect(redirectLocation(cleaned, target.query), method, requestId);
    }
    const [matches, stash] = router.match('ALL', canonicalPath(cleaned));
    const [found] = matches;
    if (found === undefined) return responder.plainText(404, '404 page not found', requestId);
    const [entry, params] = found;
    // HEAD is served like GET; whoever writes the response leaves the body out.
    const route = entry.routes.get(method === 'HEAD' ? 'GET' : method);
    if (route === undefined) {
      return responder.plainText(405, 'Method Not Allowed', requestId, { Allow: entry.allow });
    }
    const index = params['id'];
    const id = typeof index === 'number' ? (stash?.[index] ?? '') : (index ?? '');
    const { header, peer } = request;
    const { path, query } = target;
    const call = { path, query, header, body, peer, id: id && decodeURIComponent(id) };
    try {
      return responder.reply(await serve(route, call, state), facts);
    } catch (error) {
      const message = `${method} ${path}: ${error instanceof Error ? error.name : 'fault'}`;
      log({ level: 'FAIL', module: 'HTTP', component: 'handler', message });
      return responder.reply(FAULT, facts);
    }
  };

  return async (request) => {
    const requestId = request.header('x-request-id') || randomBytes(8).toString('hex');
    const target = readTarget(request.target);
    const response = await respond(request, target, requestId);
    log({
      level: 'TRACE',
      module: 'HTTP',
      component: 'request',
      message: `${request.method} ${target?.path ?? ''} ${response.status}`,
      context: [`request_id=${requestId}`],
    });
    return response;
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
