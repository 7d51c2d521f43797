// A broker in → one guard, as Hono middleware, out.

import {
  type Agent,
  type AuthenticateOptions as AuthenticateOptionsOf,
  createGuard,
  type Environment,
  type Guard,
  type GuardOptions,
  markRoute,
  optionsFromEnv,
  type RequireScope,
  type RouteOptions as RouteOptionsOf,
} from '@agentwrit/core';
import type { Context, MiddlewareHandler } from 'hono';
import { guardMiddleware, respond } from './guard-middleware.js';

/** What a guard adds to the context; Hono carries it to the handlers behind it. */
export interface AgentVariables {
  /** Who is calling. */
  agent: Agent;
}

/** What `authenticate({ optional: true })` adds to the context. */
export interface OptionalAgentVariables {
  /** Who is calling, if anybody said. */
  agent: Agent | undefined;
}

export type AgentMiddleware = MiddlewareHandler<{ Variables: AgentVariables }>;

export interface Authenticate {
  (options?: AuthenticateOptions & { readonly optional?: false }): AgentMiddleware;
  (options: AuthenticateOptions): MiddlewareHandler<{ Variables: OptionalAgentVariables }>;
}

// Functions of the program get Hono's context.
export type AgentWritOptions = GuardOptions<Context>;
export type RouteOptions = RouteOptionsOf<Context>;
export type AuthenticateOptions = AuthenticateOptionsOf<Context>;

/** One guard, as Hono middleware. */
export interface AgentWrit extends Pick<Guard, 'revoke' | 'stats' | 'close'> {
  /**
   * Middleware that lets a request on only if the broker vouches for its token and every scope is covered;
   * the caller is then on `c.var.agent`. `{name}` in an identifier takes the route parameter of that name.
   *
   * @throws TypeError when there is no scope, a scope is malformed or an option is wrong
   * @example
   * app.get('/customers/:id', requireScope('read:data:customer-{id}'), (c) => c.text(c.var.agent.id));
   */
  readonly requireScope: RequireScope<AgentMiddleware, Context>;
  /** The same, where one of the scopes is enough. */
  readonly requireAnyScope: RequireScope<AgentMiddleware, Context>;
  /** Any good token, whatever its scope; with `optional` also none, and then there is no agent. */
  readonly authenticate: Authenticate;
  /**
   * The metadata document (RFC 9728) and where it belongs: `app.get(path, handler)`. The route is public.
   *
   * @throws TypeError when there is no option `resource`
   */
  readonly resourceMetadata: () => {
    readonly path: string;
    readonly handler: (c: Context) => Response;
  };
}

/**
 * Makes middleware that shares one cache and one pool of connections to the broker.
 *
 * @throws TypeError naming the option that is wrong and what is allowed
 * @example
 * const { requireScope } = createAgentWrit({ broker: 'http://127.0.0.1:8080' });
 */
export function createAgentWrit(options: AgentWritOptions): AgentWrit {
  const guard = createGuard(options);
  return {
    requireScope: (first, ...rest) => guardMiddleware(guard.requireScope(first, ...rest)),
    requireAnyScope: (first, ...rest) => guardMiddleware(guard.requireAnyScope(first, ...rest)),
    authenticate: (route?: AuthenticateOptions) => guardMiddleware(guard.authenticate(route)),
    resourceMetadata() {
      const { path, answer } = guard.resourceMetadata();
      return { path, handler: markRoute((c) => respond(c, answer()), 'public') };
    },
    revoke: guard.revoke,
    stats: guard.stats,
    close: guard.close,
  };
}

/**
 * The same, with the broker from `AGENTWRIT_BROKER_URL`.
 *
 * @param env default: the process' own; where there is none, the bindings of the platform
 * @throws TypeError when that is not set
 */
export function fromEnv(options?: Omit<AgentWritOptions, 'broker'>, env?: Environment): AgentWrit {
  return createAgentWrit(optionsFromEnv(options, env));
}
