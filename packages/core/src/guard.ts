// One request's facts in → allow with an agent, or a refusal ready to be sent, out. Composes every other file
// in the order data meets them, and is the only thing an adapter calls.

import type { Scope } from '@agentwrit/protocol';
import { Agent, identify } from './agent.js';
import { readBearer } from './bearer.js';
import { createAuthority } from './authority.js';
import { type Decision, decideScope, failed, type Needed, refused } from './decision.js';
import { describeDecision, emitDecision, isObserved } from './events.js';
import {
  type GuardOptions,
  resolveGuardOptions,
  resolveRouteOptions,
  type RouteOptions,
} from './guard-options.js';
import type { Platform } from './platform.js';
import { compilePolicy } from './policy.js';
import type { Proven, Tolerance } from './prover.js';
import { type Refusal, refuse } from './refusal.js';
import type { RequestFacts } from './request-facts.js';
import { requestIdOf } from './request-id.js';
import { compileRequirement, type Requirement } from './requirement.js';
import type { GuardStats } from './stats.js';
import type { Revocation } from './tombstones.js';
import { Warnings } from './warnings.js';

/** What the adapter does next: go on with the agent, or send the refusal. */
export type GuardAnswer =
  | { readonly outcome: 'allow'; readonly agent: Agent }
  | { readonly outcome: 'refuse'; readonly refusal: Refusal };

/** Checks one request. Answers at once when the token is warm, never throws and never rejects. */
export type RouteCheck = (facts: RequestFacts) => GuardAnswer | Promise<GuardAnswer>;

/** Takes scopes, all of them needed, and options last. */
export type RequireScope<Result> = (
  first: Scope,
  ...rest: readonly [...Scope[]] | readonly [...Scope[], RouteOptions]
) => Result;

/** Protects any number of routes with one cache and one pool of connections to the broker. */
export interface Guard {
  /**
   * Compiles what a route needs. Placeholders in an identifier take the route's own parameters.
   *
   * @throws TypeError when there is no scope, a scope is malformed or an option is wrong
   * @example
   * const check = guard.requireScope('read:data:customer-{id}', { maxAge: 0 });
   */
  readonly requireScope: RequireScope<RouteCheck>;
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
   * Forgets every verdict, stops the feed and closes the connections; requests after it are refused with
   * 503. May be called again.
   */
  readonly close: () => Promise<void>;
}

export type CreateGuard = (options: GuardOptions) => Guard;

/** `createGuard`, as it is on that platform. */
export function guardOn(platform: Platform): CreateGuard {
  return (options) => createGuard(options, platform);
}

function createGuard(options: GuardOptions, platform: Platform): Guard {
  const settings = resolveGuardOptions(options);
  const { clock, onDecision, realm } = settings;
  const core = createAuthority(settings, platform);
  const breachOf = compilePolicy(settings.policy);
  const warnings = new Warnings('AGENTWRIT_REFUSING');
  let closing: Promise<void> | undefined;

  /** The questions of one request, once it is known that its token is good at the broker. */
  function judge(proven: Proven, requirement: Requirement, facts: RequestFacts): Decision {
    if (proven.kind === 'refused') {
      return refused('invalid_token', proven.cause, neededBy(requirement, facts));
    }
    const { verdict, source } = proven;
    const { claims } = verdict;
    const identity = identify(claims);
    const ageMs = clock.monotonic() - verdict.asked.at;
    const agent = new Agent(identity, { source, ageMs });
    // `exp` is inclusive and in whole seconds (protocol §3.4). Written so that no clock at all is no pass.
    if (!(Math.floor(clock.now() / 1000) <= claims.exp)) {
      return refused('invalid_token', 'expired', neededBy(requirement, facts), agent);
    }
    const breach = breachOf(identity);
    if (breach !== undefined) {
      return refused('invalid_token', breach, neededBy(requirement, facts), agent);
    }
    const needed = requirement.resolve((name) => facts.param(name));
    return decideScope(agent, identity.held, needed);
  }

  /** Steps 1 to 7: at once where no broker call is needed. */
  function decide(
    facts: RequestFacts,
    requestId: () => string,
    requirement: Requirement,
    tolerance: Tolerance,
  ): Decision | Promise<Decision> {
    const bearer = readBearer(facts.authorization, settings.maxTokenLength);
    switch (bearer.kind) {
      case 'missing':
        return refused('missing_token', 'no_bearer_token', neededBy(requirement, facts));
      case 'malformed':
        return refused('invalid_request', 'malformed_authorization');
      case 'oversized':
        return refused('invalid_token', 'oversized', neededBy(requirement, facts));
      case 'token':
        break;
    }
    if (closing) return refused('broker_unavailable', 'closed');
    const proven = core.prover.prove(bearer.token, tolerance, requestId);
    return 'kind' in proven
      ? judge(proven, requirement, facts)
      : proven.then((later) => judge(later, requirement, facts));
  }

  /** Steps 8 and 9. */
  function conclude(
    decision: Decision,
    facts: RequestFacts,
    requestId: () => string,
    requirement: Requirement,
    arrivedAt: number,
  ): GuardAnswer {
    if (decision.outcome === 'refuse') core.countRefusal(decision.reason);
    if (isObserved(onDecision)) {
      const { route } = facts;
      emitDecision(
        {
          time: clock.now(),
          ...describeDecision(decision, requirement.declared),
          method: facts.method,
          ...(route !== undefined && { route }),
          requestId: requestId(),
          durationMs: clock.monotonic() - arrivedAt,
        },
        onDecision,
      );
    } else if (decision.outcome === 'refuse' && decision.detail !== undefined) {
      // Nobody listens, and the caller is told nothing of it.
      warnings.warn(`requests are refused with ${decision.reason}: ${decision.detail}`);
    }
    return decision.outcome === 'allow'
      ? { outcome: 'allow', agent: decision.agent }
      : {
          outcome: 'refuse',
          refusal: refuse(decision, { realm, url: facts.url, requestId: requestId() }),
        };
  }

  return {
    requireScope(...args) {
      const { scopes, maxAge = settings.maxAge, ...route } = readArguments(args);
      const requirement = compileRequirement(scopes);
      // "Always ask" means it, whatever the guard forgives elsewhere; the route itself may say otherwise.
      const { grace = maxAge > 0 ? settings.grace : 0 } = route;
      const tolerance = { maxAgeMs: maxAge * 1000, graceMs: grace * 1000 };
      core.tolerate(tolerance);

      return (facts) => {
        const arrivedAt = clock.monotonic();
        let id: string | undefined;
        const requestId = (): string => (id ??= requestIdOf(facts.requestId));
        const answer = (decision: Decision): GuardAnswer =>
          conclude(decision, facts, requestId, requirement, arrivedAt);
        let decision: Decision | Promise<Decision>;
        try {
          decision = decide(facts, requestId, requirement, tolerance);
        } catch (error) {
          decision = failed(error);
        }
        // Not `instanceof Promise`: a program may have put another in its place.
        return 'outcome' in decision ? answer(decision) : decision.catch(failed).then(answer);
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

function readArguments(args: readonly unknown[]): RouteOptions & { scopes: readonly unknown[] } {
  const last: unknown = args.at(-1);
  if (typeof last !== 'object' || last === null) return { scopes: args };
  if (Array.isArray(last)) {
    throw new TypeError(
      "\"requireScope\" takes scopes one by one, not in an array: ('a:b:c', 'd:e:f')",
    );
  }
  return { scopes: args.slice(0, -1), ...resolveRouteOptions(last) };
}

// For a request that is refused anyway: a route that cannot say what it needs must not change how.
function neededBy(requirement: Requirement, facts: RequestFacts): Needed {
  try {
    return requirement.resolve((name) => facts.param(name));
  } catch {
    return undefined;
  }
}
