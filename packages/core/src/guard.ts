// One request's facts in → allow with an agent, or a refusal ready to be sent, out. Composes every other file
// in the order data meets them, and is the only thing an adapter calls.

import { readBearer } from './bearer.js';
import { createAuthority } from './authority.js';
import type { Instant } from './clock.js';
import { createConclude, type GuardAnswer } from './conclusion.js';
import { ANONYMOUS, type Decision, failed, refused } from './decision.js';
import type { GuardOptions } from './guard-options.js';
import { resolveGuardOptions } from './guard-settings.js';
import { judge, judgeWithProgram } from './judgement.js';
import type { Platform } from './platform.js';
import type { Proven } from './prover.js';
import type { HttpAnswer } from './refusal.js';
import type { RequestFacts } from './request-facts.js';
import { describeResource } from './resource-metadata.js';
import {
  type AuthenticateOptions,
  compileScopedRoute,
  compileUnscopedRoute,
  foreseeNeeds,
  type RequireScope,
  type Route,
  type RouteNeeds,
} from './route.js';
import { isSettled } from './settled.js';
import type { GuardStats } from './stats.js';
import type { Revocation } from './tombstones.js';
import { Visit } from './visit.js';

/** Checks one request. Answers at once when the token is warm, never throws and never rejects. */
export interface RouteCheck<Request = unknown> {
  (facts: RequestFacts<Request>): GuardAnswer | Promise<GuardAnswer>;
  /** What it was declared with. */
  readonly needs: RouteNeeds;
}

/** Where this API's metadata document belongs, and the document (RFC 9728). */
export interface ResourceMetadata {
  /** From the host on: `/.well-known/oauth-protected-resource` and so on. */
  readonly path: string;
  /** As of now: it names the scopes of the routes built so far. */
  readonly answer: () => HttpAnswer;
}

/** Protects any number of routes with one cache and one pool of connections to the broker. */
export interface Guard<Request = unknown> {
  /**
   * Compiles what a route needs: all of the scopes. Placeholders in an identifier take the route's own
   * parameters; a function computes scopes from the framework's request.
   *
   * @throws TypeError when there is no scope, a scope is malformed or an option is wrong
   * @example
   * const check = guard.requireScope('read:data:customer-{id}', { maxAge: 0 });
   */
  readonly requireScope: RequireScope<RouteCheck<Request>, Request>;
  /** The same, where one of the scopes is enough. */
  readonly requireAnyScope: RequireScope<RouteCheck<Request>, Request>;
  /**
   * Any good token, whatever its scope; with `optional`, also none at all.
   *
   * @throws TypeError when an option is wrong
   */
  readonly authenticate: (options?: AuthenticateOptions<Request>) => RouteCheck<Request>;
  /** @throws TypeError when the guard was made without `resource` */
  readonly resourceMetadata: () => ResourceMetadata;
  /**
   * Tells the guard of a revocation. No request that arrives after it returns is admitted on a validation
   * that began before; nothing is refused for it, the broker is asked again. It does not revoke anything at
   * the broker.
   *
   * @throws TypeError when the level is none or the target is no text
   */
  readonly revoke: (revocation: Revocation) => void;
  /** Figures since the guard was made, at this moment. */
  readonly stats: () => GuardStats;
  /**
   * Forgets every verdict, stops the feed and closes the connections; tokens that come after it are answered
   * with 503. May be called again.
   */
  readonly close: () => Promise<void>;
}

export type CreateGuard = <Request = unknown>(options: GuardOptions<Request>) => Guard<Request>;

/** `createGuard`, as it is on that platform. */
export function guardOn(platform: Platform): CreateGuard {
  return (options) => createGuard(options, platform);
}

function createGuard<Request>(options: GuardOptions<Request>, platform: Platform): Guard<Request> {
  const settings = resolveGuardOptions(options);
  const { clock, resource } = settings;
  const core = createAuthority(settings, platform);
  const conclude = createConclude(settings, core.countRefusal);
  const { prover } = core;
  const declaredScopes = new Set<string>();
  let closing: Promise<void> | undefined;

  /**
   * What most requests come to: their credentials have come before, and are still good and enough. Nothing is made for
   * them but the answer. All else, and whatever is wrong, is for {@link decideInFull}.
   */
  function welcome(
    facts: RequestFacts<Request>,
    route: Route<Request>,
  ): GuardAnswer | Promise<GuardAnswer> | undefined {
    if (closing !== undefined) return undefined;
    try {
      const { authorization } = facts;
      if (typeof authorization !== 'string') return undefined;
      // Taken only now: what the request has to say may be the program's own code.
      const limit = core.limit(route.tolerance.maxAgeMs);
      const verdict = prover.recall(authorization, limit);
      if (verdict === undefined) return undefined;
      const visit = conclude.isFollowed() ? new Visit(facts, route, limit) : undefined;
      const decision = judge(verdict, 'cache', facts, route, limit);
      if (decision?.outcome !== 'allow') return undefined;
      core.countHit();
      return visit === undefined ? decision : conclude(decision, visit);
    } catch {
      return undefined;
    }
  }

  function decideInFull(visit: Visit<Request>): GuardAnswer | Promise<GuardAnswer> {
    let decision: Decision | Promise<Decision>;
    try {
      decision = decide(visit);
    } catch (error) {
      decision = failed(error);
    }
    return isSettled(decision, 'outcome')
      ? conclude(decision, visit)
      : decision.catch(failed).then((late) => conclude(late, visit));
  }

  /** Steps 1 to 7: at once where nobody has to be asked. */
  function decide(visit: Visit<Request>): Decision | Promise<Decision> {
    const { facts, route, limit } = visit;
    const { authorization } = facts;
    const bearer = readBearer(authorization, settings.maxTokenLength);
    switch (bearer.kind) {
      case 'missing':
        if (route.needs.isOptional) return ANONYMOUS;
        return refused('missing_token', 'no_bearer_token', foreseeNeeds(route, facts));
      case 'malformed':
        return refused('invalid_request', 'malformed_authorization');
      case 'oversized':
        return refused('invalid_token', 'oversized', foreseeNeeds(route, facts));
      case 'token':
        break;
    }
    if (closing) return refused('broker_unavailable', 'closed');
    const credentials = typeof authorization === 'string' ? authorization : undefined;
    const brought = { token: bearer.token, credentials };
    const proven = prover.prove(brought, route.tolerance, limit, () => visit.requestId);
    return isSettled(proven, 'kind')
      ? weigh(proven, visit, limit)
      : // It may have taken its time.
        proven.then((later) => weigh(later, visit, core.now()));
  }

  function weigh(
    proven: Proven,
    visit: Visit<Request>,
    now: Instant,
  ): Decision | Promise<Decision> {
    const { facts, route } = visit;
    if (proven.kind === 'refused') {
      return refused('invalid_token', proven.cause, foreseeNeeds(route, facts));
    }
    const { verdict, source } = proven;
    return (
      judge(verdict, source, facts, route, now) ??
      judgeWithProgram(verdict, source, facts, route, clock)
    );
  }

  function check(route: Route<Request>): RouteCheck<Request> {
    core.tolerate(route.tolerance);
    for (const scope of route.needs.scopes) declaredScopes.add(scope);

    const answer = (facts: RequestFacts<Request>): GuardAnswer | Promise<GuardAnswer> =>
      welcome(facts, route) ??
      decideInFull(new Visit(facts, route, core.limit(route.tolerance.maxAgeMs)));
    return Object.assign(answer, { needs: route.needs });
  }

  return {
    requireScope: (...args) => check(compileScopedRoute('requireScope', args, settings)),
    requireAnyScope: (...args) => check(compileScopedRoute('requireAnyScope', args, settings)),
    authenticate: (route = {}) => check(compileUnscopedRoute(route, settings)),
    resourceMetadata() {
      if (resource === undefined) {
        throw new TypeError('"resourceMetadata" needs the option "resource": this API\'s own URL');
      }
      return {
        path: resource.metadataPath,
        answer: () => describeResource(resource, declaredScopes),
      };
    },
    revoke: core.revoke,
    stats: core.stats,
    close() {
      closing ??= core.close();
      return closing;
    },
  };
}
