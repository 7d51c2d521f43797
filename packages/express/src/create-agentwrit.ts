// A broker in → one guard as Express middleware out.

import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type AuthenticateOptions,
  createGuard,
  type Environment,
  type Guard,
  type GuardOptions,
  markRoute,
  optionsFromEnv,
  type Requirable,
  type RouteOptions,
} from '@agentwrit/core';
import type { ExpressMiddleware, ExpressRequest } from './express-request.js';
import { guardMiddleware, send } from './guard-middleware.js';

/** What a guard is made of. Its functions get Express' request. */
export type AgentWritOptions<Received = ExpressRequest> = GuardOptions<Received>;

/** Takes scopes, or functions of Express' request that compute them, and options last. */
export type RequireScopeMiddleware = <Received extends IncomingMessage = ExpressRequest>(
  first: Requirable<Received>,
  ...rest:
    | readonly [...Requirable<Received>[]]
    | readonly [...Requirable<Received>[], RouteOptions<Received>]
) => ExpressMiddleware;

/** Serves the metadata document. */
export interface MetadataRoute {
  /** For `app.get()`: characters that mean something in Express' patterns are escaped. */
  readonly path: string;
  /** Marked as public. */
  readonly handler: (req: IncomingMessage, res: ServerResponse) => void;
}

/** One guard, as Express middleware. */
export interface AgentWrit extends Pick<Guard, 'revoke' | 'stats' | 'close'> {
  /**
   * Middleware that lets a request on only if the broker vouches for its token and every scope is covered;
   * the caller is then on `req.agent`. `{name}` in an identifier takes the route parameter of that name; a
   * function computes scopes from the request.
   *
   * @throws TypeError when there is no scope, a scope is malformed or an option is wrong
   * @example
   * app.get('/customers/:id', requireScope('read:data:customer-{id}'), handler);
   */
  readonly requireScope: RequireScopeMiddleware;
  /** The same, where one of the scopes is enough. */
  readonly requireAnyScope: RequireScopeMiddleware;
  /**
   * Any good token, whatever its scope; with `optional` also none at all, and then there is no agent.
   *
   * @throws TypeError when an option is wrong
   */
  readonly authenticate: <Received extends IncomingMessage = ExpressRequest>(
    options?: AuthenticateOptions<Received>,
  ) => ExpressMiddleware;
  /**
   * Where this API's metadata document belongs, and what serves it (RFC 9728).
   *
   * @throws TypeError when the guard was made without `resource`
   * @example
   * const { path, handler } = agentwrit.resourceMetadata();
   * app.get(path, handler);
   */
  readonly resourceMetadata: () => MetadataRoute;
}

/**
 * Makes middleware that shares one cache and one pool of connections to the broker. For Express 4 and 5.
 *
 * @throws TypeError naming the option that is wrong and what is allowed
 * @example
 * const { requireScope } = createAgentWrit({ broker: 'http://127.0.0.1:8080', audience: 'orders' });
 */
export function createAgentWrit<Received extends IncomingMessage = ExpressRequest>(
  options: AgentWritOptions<Received>,
): AgentWrit {
  // Of no request in particular: as which of Express' types a function of the program takes it is its own affair.
  const guard = createGuard<never>(options);
  return {
    requireScope: (first, ...rest) => guardMiddleware(guard.requireScope(first, ...rest)),
    requireAnyScope: (first, ...rest) => guardMiddleware(guard.requireAnyScope(first, ...rest)),
    authenticate: (route) => guardMiddleware(guard.authenticate(route)),
    resourceMetadata() {
      const { path, answer } = guard.resourceMetadata();
      return {
        path: path.replaceAll(PATTERN_CHARACTERS, String.raw`\$&`),
        handler: markRoute((_req: IncomingMessage, res: ServerResponse) => {
          send(answer(), res);
        }, 'public'),
      };
    },
    revoke: guard.revoke,
    stats: guard.stats,
    close: guard.close,
  };
}

/**
 * The same, with the broker from `AGENTWRIT_BROKER_URL`.
 *
 * @param env default: the process' own
 * @throws TypeError when that is not set
 */
export function fromEnv<Received extends IncomingMessage = ExpressRequest>(
  options?: Omit<AgentWritOptions<Received>, 'broker'>,
  env?: Environment,
): AgentWrit {
  return createAgentWrit(optionsFromEnv(options, env));
}

// Of path-to-regexp 0.1 and 8, which both take a backslash before them.
const PATTERN_CHARACTERS = /[\\^$*+?!:()[\]{}|]/g;
