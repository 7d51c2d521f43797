// Handlers `(Request) => Response` in → the same handlers behind the guard out: for Next.js routes, Bun.serve,
// Deno.serve, Workers and whatever else speaks fetch.

import { assertFunction, assertKnownOptions, assertText } from '@agentwrit/protocol';
import type { Agent } from './agent.js';
import type { GuardAnswer } from './conclusion.js';
import { runAs } from './agent-context.js';
import {
  FetchRequestFacts,
  findFetchAddress,
  findFetchParams,
  readParams,
} from './fetch-request-facts.js';
import type { Guard, RouteCheck } from './guard.js';
import { assertDefined } from './guard-settings.js';
import type { HttpAnswer } from './refusal.js';
import type { Requirable } from './requirement.js';
import { type AuthenticateOptions, ROUTE_OPTIONS, type RouteOptions } from './route.js';
import { markRoute } from './route-marks.js';
import { isSettled, isThenable } from './settled.js';

/** What a handler answers. */
type FetchAnswer = Response | Promise<Response>;

/** A handler as servers call it: the request, and whatever else they hand on. */
export type FetchHandler<Received extends Request, Rest extends readonly unknown[]> = (
  request: Received,
  ...rest: Rest
) => Promise<Response>;

/** A handler behind a guard: the agent comes second. */
export type AgentHandler<
  Received extends Request,
  Rest extends readonly unknown[],
  Caller = Agent,
> = (request: Received, agent: Caller, ...rest: Rest) => FetchAnswer;

/** What a fetch handler says about its route, where its server does not. */
export interface FetchRouteOptions {
  /**
   * The route's parameters, for `{name}` in scopes: as the router that chose the handler has found them.
   * Default: `request.params` (`Bun.serve`), or `params` of the second argument (Next.js).
   */
  readonly params?: (request: Request, ...rest: unknown[]) => unknown;
  /** The route's pattern, for events. */
  readonly route?: string;
  /**
   * Where a request came from, for events: behind a proxy that is trusted, what that says. Read only when somebody
   * follows decisions. Default: the address of the connection, with `Bun.serve` and `Deno.serve`.
   */
  readonly clientAddress?: (request: Request, ...rest: unknown[]) => string | undefined;
}

export type WithScope = <
  Received extends Request = Request,
  Rest extends readonly unknown[] = readonly [],
>(
  handler: AgentHandler<Received, Rest>,
  first: Requirable<Received>,
  ...rest:
    | readonly [...Requirable<Received>[]]
    | readonly [...Requirable<Received>[], RouteOptions<Received> & FetchRouteOptions]
) => FetchHandler<Received, Rest>;

export interface WithAgent {
  <Received extends Request = Request, Rest extends readonly unknown[] = readonly []>(
    handler: AgentHandler<Received, Rest>,
    options?: RouteOptions<Received> & FetchRouteOptions & { readonly optional?: false },
  ): FetchHandler<Received, Rest>;
  <Received extends Request = Request, Rest extends readonly unknown[] = readonly []>(
    handler: AgentHandler<Received, Rest, Agent | undefined>,
    options: AuthenticateOptions<Received> & FetchRouteOptions,
  ): FetchHandler<Received, Rest>;
}

/** One guard, for handlers `(Request) => Response`. */
export interface FetchAgentWrit extends Pick<Guard, 'revoke' | 'stats' | 'close'> {
  /**
   * The handler, run only if the broker vouches for the request's token and every scope is covered.
   *
   * @throws TypeError when there is no scope, a scope is malformed or an option is wrong
   * @example
   * export const GET = withScope((request, agent) => Response.json({ you: agent.id }), 'read:data:*');
   */
  readonly withScope: WithScope;
  /** The same, where one of the scopes is enough. */
  readonly withAnyScope: WithScope;
  /** Any good token, whatever its scope; with `optional` also none, and then there is no agent. */
  readonly withAgent: WithAgent;
  /** Serves the metadata document (RFC 9728). @throws TypeError when there is no option `resource` */
  readonly resourceMetadata: () => { readonly path: string; readonly handler: () => Response };
}

/** The fetch form of a guard. */
export function guardFetch(guard: Guard<Request>): FetchAgentWrit {
  return {
    withScope: (handler, ...args) => guarded(guard.requireScope, handler, args),
    withAnyScope: (handler, ...args) => guarded(guard.requireAnyScope, handler, args),
    withAgent(handler: unknown, options: object = {}) {
      assertFunction(handler, 'handler');
      const { ours, theirs } = splitOptions(options);
      return protect(handler, ours, guard.authenticate(theirs));
    },
    resourceMetadata() {
      const { path, answer } = guard.resourceMetadata();
      return { path, handler: markRoute(() => respond(answer()), 'public') };
    },
    revoke: guard.revoke,
    stats: guard.stats,
    close: guard.close,
  };
}

function guarded(
  build: Guard<Request>['requireScope'],
  handler: unknown,
  args: readonly unknown[],
): FetchHandler<Request, readonly unknown[]> {
  assertFunction(handler, 'handler');
  const last: unknown = args.at(-1);
  const hasOptions = typeof last === 'object' && last !== null && !Array.isArray(last);
  const { ours, theirs } = splitOptions(hasOptions ? last : {});
  // Checked where they are compiled, as in every other form.
  const scopes = (hasOptions ? args.slice(0, -1) : args) as [Requirable<Request>];
  return protect(handler, ours, build(...scopes, theirs));
}

function splitOptions(options: object): {
  ours: FetchRouteOptions;
  theirs: RouteOptions<Request>;
} {
  assertKnownOptions(options, 'a guarded handler', [
    'params',
    'route',
    'clientAddress',
    'optional',
    ...ROUTE_OPTIONS,
  ]);
  assertDefined(options);
  const { params, route, clientAddress, ...theirs } = options as FetchRouteOptions &
    RouteOptions<Request>;
  if (params !== undefined) assertFunction(params, 'params');
  if (route !== undefined) assertText(route, 'route');
  if (clientAddress !== undefined) assertFunction(clientAddress, 'clientAddress');
  const ours = {
    ...(params && { params }),
    ...(route && { route }),
    ...(clientAddress && { clientAddress }),
  };
  return { ours, theirs };
}

function protect(
  handler: unknown,
  options: FetchRouteOptions,
  check: RouteCheck<Request>,
): FetchHandler<Request, readonly unknown[]> {
  // Whatever the server calls it with: its types are a matter between the two.
  const call = handler as (...args: unknown[]) => FetchAnswer;
  const { params: read = findFetchParams, route, clientAddress = findFetchAddress } = options;
  const hasPlaceholders = check.needs.scopes.some((scope) => scope.includes('{'));

  const proceed = async (
    answer: GuardAnswer,
    request: Request,
    rest: readonly unknown[],
  ): Promise<Response> => {
    if (answer.outcome === 'refuse') return respond(answer.refusal);
    const agent = answer.outcome === 'allow' ? answer.agent : undefined;
    return runAs(agent, () => call(request, agent, ...rest));
  };
  const decide = (
    request: Request,
    rest: readonly unknown[],
    params: unknown,
  ): Promise<Response> => {
    const answer = check(
      new FetchRequestFacts(request, { route, params, rest, readAddress: clientAddress }),
    );
    return isSettled(answer, 'outcome')
      ? proceed(answer, request, rest)
      : answer.then((late) => proceed(late, request, rest));
  };
  const guardedHandler = (request: Request, ...rest: unknown[]): Promise<Response> => {
    const params = hasPlaceholders ? readParams(read, request, rest) : undefined;
    return isThenable(params)
      ? Promise.resolve(params).then((late) => decide(request, rest, late))
      : decide(request, rest, params);
  };
  return markRoute(guardedHandler, check.needs);
}

function respond({ status, headers, body }: HttpAnswer): Response {
  return new Response(body, { status, headers });
}
