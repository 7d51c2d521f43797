// A broker in → the routes as plain functions from request to response out, for any runtime, with no framework:
// a table of patterns chooses the handler, and hands it the parameters as a promise, as Next.js does.

import {
  createAgentWrit,
  type FetchAgentWrit,
  type FetchHandler,
  type Agent,
} from '@agentwrit/core';
import type { CreateFetch } from './apps.js';
import {
  describe,
  guardOptions,
  type Guarding,
  type Reader,
  recordingOptions,
  renderingOptions,
  routesFor,
} from './routes.js';

interface Found {
  readonly params: Promise<Readonly<Record<string, string>>>;
}
type Handler = FetchHandler<Request, [Found]>;

// Functions of the program get the plain request, which knows nothing of the route.
const found = new WeakMap<Request, Readonly<Record<string, string>>>();

const reader: Reader<Request> = {
  method: (request) => request.method,
  param: (request, name) => found.get(request)?.[name],
  header: (request, name) => request.headers.get(name) ?? undefined,
};

function answer(_request: Request, agent: Agent | undefined, _found: Found): Response {
  return Response.json(describe(agent));
}

function protect(
  { withScope, withAnyScope, withAgent }: FetchAgentWrit,
  handler: (
    request: Request,
    agent: Agent | undefined,
    found: Found,
  ) => Response | Promise<Response>,
  guarding: Guarding<Request>,
): Handler {
  const { kind, options = {} } = guarding;
  if (kind === 'authenticate') return withAgent(handler, options);
  return (kind === 'all' ? withScope : withAnyScope)(handler, ...guarding.of, options);
}

export const createFetch: CreateFetch = (broker) => {
  const agentwrits = {
    main: createAgentWrit({ ...guardOptions, broker }),
    rendering: createAgentWrit({ ...renderingOptions(reader), broker }),
    recording: createAgentWrit({ ...recordingOptions, broker }),
  };
  const table = routesFor(reader).map(({ method, path, guards, behind }) => {
    const agentwrit = agentwrits[behind];
    const [last, ...outer] = guards.toReversed();
    if (last === undefined) throw new TypeError(`${path} has no guard`);
    const handler = outer.reduce(
      (inner, guarding) =>
        protect(agentwrit, (request, _agent, rest) => inner(request, rest), guarding),
      protect(agentwrit, answer, last),
    );
    return { method, segments: path.split('/'), handler };
  });
  const metadata = agentwrits.main.resourceMetadata();

  return async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === metadata.path) return metadata.handler();
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    for (const { segments, handler, ...route } of table) {
      const params = route.method === method ? match(segments, pathname.split('/')) : undefined;
      if (params === undefined) continue;
      found.set(request, params);
      return handler(request, { params: Promise.resolve(params) });
    }
    return new Response('no such route', { status: 404 });
  };
};

function match(
  pattern: readonly string[],
  path: readonly string[],
): Record<string, string> | undefined {
  if (pattern.length !== path.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of pattern.entries()) {
    const given = path[index] ?? '';
    if (segment.startsWith(':')) params[segment.slice(1)] = decodeURIComponent(given);
    else if (segment !== given) return undefined;
  }
  return params;
}
