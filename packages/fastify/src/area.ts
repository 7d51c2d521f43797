// A server, or scope of it, where the plugin is registered → the routes declared there, their `config` enforced.

import { type ListedRoute, runAs } from '@agentwrit/core';
import type { FastifyInstance, HookHandlerDoneFunction, RouteOptions } from 'fastify';
import { compileDeclaration, declaredIn, DECLARATIONS, type HookBuilders } from './declaration.js';
import { noteSecurity } from './openapi.js';
import { agentOf, ANSWERING, type NotedReply, type RouteHook } from './route-hook.js';
import { listSeenRoute, type SeenRoute, stamp, stampOf } from './seen-route.js';

/** One instance of Fastify that the plugin is registered on, with everything below it. */
export interface Area {
  readonly app: FastifyInstance;
  /** The next one around it. */
  readonly outer: Area | undefined;
  /** Guards that take what routes say in their `config`. */
  readonly declarative: Set<HookBuilders>;
  /** What is asked on every route here, whatever else the route says. */
  readonly hooks: RouteHook[];
  /** Refuses requests to routes that nobody has seen being declared. */
  isStrict: boolean;
  /** Routes in the order of registration; all are in the outermost area. */
  readonly routes: SeenRoute[];
  /** Fastify's own print of the routes that were there before anybody could see them. */
  readonly unseen: string | undefined;
}

// Decorators are inherited by scopes, as hooks are; a scope may have its own.
const AREA = Symbol('agentwrit.area');

/** So much of Fastify as it takes to find what the plugin has put there; any server's types fit. */
export interface AnyFastify {
  hasDecorator(name: symbol): boolean;
  getDecorator(name: symbol): unknown;
}

/** The nearest area around an instance. */
export function findArea(app: AnyFastify): Area | undefined {
  // Nobody else has the symbol.
  return app.hasDecorator(AREA) ? (app.getDecorator(AREA) as Area) : undefined;
}

/** The area of this very instance; made when the plugin is registered on it for the first time. */
export function openArea(app: FastifyInstance): Area {
  const outer = findArea(app);
  if (outer?.app === app) return outer;
  const area: Area = {
    app,
    outer,
    declarative: new Set(),
    hooks: [],
    isStrict: false,
    routes: [],
    unseen: outer === undefined ? printRoutes(app) : undefined,
  };
  app.decorate(AREA, area);
  // Fastify hands this one only to scopes made later, the others to all.
  app.addHook('onRoute', function noteRoute(options) {
    note(this, options);
  });
  // Fastify carries the agent of an earlier hook over the body; another hook may have lost it all the same.
  app.addHook('preValidation', function resumeAgent(request, _reply, done) {
    resume(agentOf(request), done);
  });
  app.addHook('preHandler', function checkDeclared(request, reply, done) {
    const { config, url } = request.routeOptions;
    const route = stampOf(config);
    if (route === undefined && url !== undefined && isMissed(area, config)) {
      done(
        new Error(`the route ${url} was declared before the AgentWrit plugin was there: ${REMEDY}`),
      );
    } else if (route?.checkedBy === area) {
      // Before it stands at most the mark of a public route.
      const check = route.declared.at(-1);
      resume(agentOf(request), () => (check ? check(request, reply, done) : done()));
    } else {
      resume(agentOf(request), done);
    }
  });
  if (outer === undefined) {
    // Before all others that the program adds: from here on, an answer of a guard comes too late.
    if (!app.hasReplyDecorator(ANSWERING)) app.decorateReply(ANSWERING, false);
    app.addHook('onSend', function noteAnswer(_request, reply, payload, done) {
      (reply as NotedReply)[ANSWERING] = true;
      done(null, payload);
    });
    app.addHook('onReady', () => assertStamped(area.routes));
  }
  return area;
}

/**
 * The routes of an area as far as they have been declared, with everything that is checked on them.
 *
 * @throws Error when there are routes that nobody has seen being declared
 */
export function listArea(area: Area, app: object = area.app): readonly ListedRoute[] {
  const { routes, unseen } = outermost(area);
  if (unseen !== undefined) {
    throw new Error(
      `these routes were declared before the AgentWrit plugin was there:\n${unseen}${REMEDY}`,
    );
  }
  // A scope inherits from the one around it.
  return routes
    .filter((route) => route.app === app || Object.prototype.isPrototypeOf.call(app, route.app))
    .flatMap((route) => listSeenRoute(route, hooksAround(route.app)));
}

const REMEDY =
  'register it on the server first, and wait for it ("await app.register(agentwrit.plugin)")';

function note(app: FastifyInstance, options: RouteOptions): void {
  // Of nested areas the outer one's hook comes first, and does it for the inner one too.
  if (stampOf(options.config)?.options === options) return;
  const area = findArea(app);
  if (area === undefined) return;
  let declared: readonly RouteHook[];
  try {
    declared = compileDeclaration(options.config, () => declarativeGuard(area));
  } catch (error) {
    const { message } = error as Error;
    throw new TypeError(`route ${String(options.method)} ${options.url}: ${message}`, {
      cause: error,
    });
  }
  const { url, config } = options;
  // As it is now: the object may be changed.
  const said = { ...config };
  const route: SeenRoute = { app, url, options, checkedBy: area, said, declared };
  stamp(route);
  outermost(area).routes.push(route);
  const [listed] = listSeenRoute(route, hooksAround(app));
  if (listed !== undefined && app.hasPlugin('@fastify/swagger')) noteSecurity(options, listed);
}

// The nearest area with a guard that takes it.
function declarativeGuard(nearest: Area): HookBuilders {
  for (let area: Area | undefined = nearest; area !== undefined; area = area.outer) {
    const [guard, another] = area.declarative;
    if (another !== undefined) {
      throw new TypeError(
        'several guards are registered here, and each would check it: give "declarative: false" to all but one',
      );
    }
    if (guard !== undefined) return guard;
  }
  throw new TypeError('no guard here checks it: each was registered with "declarative: false"');
}

function outermost(area: Area): Area {
  return area.outer === undefined ? area : outermost(area.outer);
}

// Worked out when asked for: a scope's hooks go for its routes, in whatever order both were declared.
function hooksAround(app: FastifyInstance): readonly RouteHook[] {
  const hooks: RouteHook[] = [];
  for (let area = findArea(app); area !== undefined; area = area.outer)
    hooks.unshift(...area.hooks);
  return hooks;
}

function isMissed(area: Area, config: object): boolean {
  return area.isStrict || declaredIn(config).length > 0;
}

function resume(agent: Parameters<typeof runAs>[0] | undefined, go: HookHandlerDoneFunction): void {
  if (agent === undefined) go();
  else runAs(agent, go);
}

// Another onRoute hook may have put a config of its own in the place of the one that is checked, or changed it.
function assertStamped(routes: readonly SeenRoute[]): void {
  const lost = routes.filter((route) => {
    const { options, said } = route;
    const { config } = options;
    return stampOf(config) !== route || DECLARATIONS.some((name) => config?.[name] !== said[name]);
  });
  if (lost.length === 0) return;
  const names = lost.map(({ url, options }) => `${String(options.method)} ${url}`).join(', ');
  throw new Error(
    `what the "config" of these routes says was changed by another onRoute hook: ${names}`,
  );
}

// Methods in parentheses: there is at least one route.
function printRoutes(app: FastifyInstance): string | undefined {
  const tree = app.printRoutes({ commonPrefix: false });
  return /\([A-Z]/.test(tree) ? tree : undefined;
}
