// A request in → a response out: request id, body cap, route, limit or bearer, handler (protocol §1.1).

import { randomBytes } from 'node:crypto';
import { problemInstance } from '@agentwrit/protocol';
import { type Context, Hono } from 'hono';
import type { BrokerState } from '../broker-state.js';
import { authenticate } from './bearer.js';
import { type Call, refuse, type Reply } from './call.js';
import { readBody } from './request-body.js';
import { bareProblem, plainText, type RequestFacts, toResponse } from './response.js';
import { ALLOWED, type Route, ROUTES } from './route-table.js';

/** What is known before routing. */
interface Bindings extends RequestFacts {
  readonly body: Uint8Array;
  readonly peer: string;
}

type Env = { Bindings: Bindings };

/** @param peer the address at the other end of the connection, `''` in process */
export type RequestHandler = (request: Request, peer: string) => Promise<Response>;

export function createRequestHandler(state: BrokerState): RequestHandler {
  const router = new Hono<Env>();
  for (const route of ROUTES) {
    router.on(route.method, route.path, async (context) =>
      toResponse(await serve(route, callOf(context), state), context.env),
    );
  }
  const wrongMethod = knownPaths();
  router.notFound((context) => wrongMethod.fetch(context.req.raw, context.env));
  // A handler never throws; if one does, the caller learns nothing of what was in its hands.
  const fault = refuse(500, 'internal_error', 'internal error');
  router.onError((_error, context) => toResponse(fault, context.env));

  return async (request, peer) => {
    const facts: RequestFacts = {
      requestId: request.headers.get('x-request-id') || randomBytes(8).toString('hex'),
      path: problemInstance(new URL(request.url).pathname),
    };
    const body = await readBody(request);
    if ('kind' in body) return bareProblem(body, facts);
    return router.fetch(request, { ...facts, body, peer });
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

// The same paths for any method: what arrives here has the wrong one, or no such path.
function knownPaths(): Hono<Env> {
  const paths = new Hono<Env>();
  for (const [path, allow] of ALLOWED) {
    paths.all(path, ({ env }) =>
      plainText(405, 'Method Not Allowed', env.requestId, { Allow: allow }),
    );
  }
  paths.notFound(({ env }) => plainText(404, '404 page not found', env.requestId));
  return paths;
}

function callOf({ req, env }: Context<Env>): Call {
  const { path, body, peer } = env;
  return { path, id: req.param('id') ?? '', headers: req.raw.headers, body, peer };
}
