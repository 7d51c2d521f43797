// A broker in → one guard out, as a Fastify plugin and hooks for routes.

import {
  type AuthenticateOptions,
  createGuard,
  type Environment,
  type Guard,
  type GuardOptions,
  markRoute,
  optionsFromEnv,
  type RequireScope,
} from '@agentwrit/core';
import type { FastifyPluginCallback, FastifyReply, RouteGenericInterface } from 'fastify';
import type { CheckedRequest, CheckedRoute } from './checked-request.js';
import type { HookBuilders } from './declaration.js';
import { pluginOf, type PluginOptions } from './plugin.js';
import { hookOf, type RouteHook, send } from './route-hook.js';

/** The options of `createGuard`; functions among them get Fastify's request. */
export type AgentWritOptions = GuardOptions<CheckedRequest>;

/** Takes scopes, or functions of Fastify's request, and options last. `Route` names its parameters. */
export type RequireScopeHook = <Route extends RouteGenericInterface = CheckedRoute>(
  ...args: Parameters<RequireScope<RouteHook, CheckedRequest<Route>>>
) => RouteHook;

/** One guard, as a Fastify plugin and hooks for routes. */
export interface AgentWrit extends Pick<Guard, 'revoke' | 'stats' | 'close'> {
  /**
   * Register it on the server before any route, and wait for it: declares `request.agent`, checks what routes
   * say in their `config`, and closes the guard with the server.
   *
   * @example
   * await app.register(agentwrit.plugin, { denyByDefault: true });
   * app.get('/customers/:id', { config: { scope: 'read:data:customer-{id}' } }, handler);
   */
  readonly plugin: FastifyPluginCallback<PluginOptions>;
  /**
   * A hook that lets a request on only if the broker vouches for its token and every scope is covered; the
   * caller is then on `request.agent`. `{name}` in an identifier takes the route parameter of that name. Fit
   * for `preHandler`, and for `onRequest` where a body should not even be read; but a route with a schema for
   * its parameters checks and converts them only after that, so its placeholders belong in `preHandler`.
   *
   * @throws TypeError when there is no scope, a scope is malformed or an option is wrong
   * @example
   * app.get('/customers/:id', { preHandler: requireScope('read:data:customer-{id}') }, handler);
   */
  readonly requireScope: RequireScopeHook;
  /** The same, where one of the scopes is enough. */
  readonly requireAnyScope: RequireScopeHook;
  /**
   * Any good token, whatever its scope; with `optional`, also none at all, and then there is no agent.
   *
   * @throws TypeError when an option is wrong
   */
  readonly authenticate: <Route extends RouteGenericInterface = CheckedRoute>(
    options?: AuthenticateOptions<CheckedRequest<Route>>,
  ) => RouteHook;
  /**
   * Serves the metadata document (RFC 9728): `app.get(path, handler)`.
   *
   * @throws TypeError when there is no option `resource`
   */
  readonly resourceMetadata: () => {
    readonly path: string;
    readonly handler: (request: unknown, reply: Pick<FastifyReply, 'sent'>) => void;
  };
}

/**
 * Makes hooks that share one cache and one pool of connections to the broker.
 *
 * @throws TypeError naming the option that is wrong and what is allowed
 * @example
 * const agentwrit = createAgentWrit({ broker: 'http://127.0.0.1:8080', audience: 'orders' });
 * await app.register(agentwrit.plugin);
 */
export function createAgentWrit(options: AgentWritOptions): AgentWrit {
  const guard = createGuard(options);
  const { close, revoke, stats } = guard;
  const builders: HookBuilders = {
    requireScope: (first, ...others) => hookOf(guard.requireScope(first, ...others)),
    requireAnyScope: (first, ...others) => hookOf(guard.requireAnyScope(first, ...others)),
    authenticate: (route) => hookOf(guard.authenticate(route)),
  };
  return {
    plugin: pluginOf(builders, close),
    // Routes know their own parameters; here all are alike.
    requireScope: builders.requireScope as RequireScopeHook,
    requireAnyScope: builders.requireAnyScope as RequireScopeHook,
    authenticate: builders.authenticate as AgentWrit['authenticate'],
    resourceMetadata() {
      const { path, answer } = guard.resourceMetadata();
      const handler = (_request: unknown, reply: unknown): void => {
        send(answer(), reply as FastifyReply);
      };
      return { path, handler: markRoute(handler, 'public') };
    },
    close,
    revoke,
    stats,
  };
}

/**
 * The same, with the broker from `AGENTWRIT_BROKER_URL`.
 *
 * @param env default: the process' own
 * @throws TypeError when that is not set
 */
export function fromEnv(options?: Omit<AgentWritOptions, 'broker'>, env?: Environment): AgentWrit {
  return createAgentWrit(optionsFromEnv(options, env));
}
