// What a route was declared with → everything one of its requests is measured by, compiled.

import { assertBoolean, assertKnownOptions, type Scope } from '@agentwrit/protocol';
import type { Identity } from './agent.js';
import { assertAge, assertDefined, type GuardSettings } from './guard-settings.js';
import {
  assertRoutePolicy,
  compilePolicy,
  type NamedTask,
  type PolicyBreach,
  type RoutePolicyOptions,
} from './policy.js';
import type { Tolerance } from './prover.js';
import type { RequestFacts } from './request-facts.js';
import {
  compileRequirement,
  type Needed,
  NOTHING_MORE,
  type Requirable,
  type Requirement,
} from './requirement.js';

/** What a route may say that differs from its guard. */
export interface RouteOptions<Request = unknown> extends RoutePolicyOptions<Request> {
  /** The guard's `maxAge`, for this route, in seconds. `0` asks the broker on every request. */
  readonly maxAge?: number;
  /** The guard's `grace`, for this route, in seconds. */
  readonly grace?: number;
}

export interface AuthenticateOptions<Request = unknown> extends RouteOptions<Request> {
  /**
   * Lets requests without a bearer credential pass, without an agent. One that is there must still be good.
   * Default false.
   */
  readonly optional?: boolean;
}

/** Takes scopes, or functions that compute them, and options last. */
export type RequireScope<Result, Request = unknown> = (
  first: Requirable<Request>,
  ...rest:
    | readonly [...Requirable<Request>[]]
    | readonly [...Requirable<Request>[], RouteOptions<Request>]
) => Result;

/** What a route needs of a caller, as declared: for reviews, CI and documents. */
export interface RouteNeeds {
  /** `all` of the scopes, `any` one of them, or `none`: any good token will do. */
  readonly match: 'all' | 'any' | 'none';
  /** As declared, placeholders included. */
  readonly scopes: readonly Scope[];
  /** Whether functions of the program compute scopes as well. */
  readonly isComputed: boolean;
  /** Whether a request without a credential passes. */
  readonly isOptional: boolean;
  /** Seconds: the longest a revoked token keeps working here, `grace` apart. */
  readonly maxAge: number;
}

export interface Route<Request> {
  readonly needs: RouteNeeds;
  readonly requirement: Requirement<Request>;
  readonly tolerance: Tolerance;
  readonly breachOf: (identity: Identity) => PolicyBreach | undefined;
  readonly task: NamedTask<Request> | undefined;
}

/** The names of {@link RouteOptions}. */
export const ROUTE_OPTIONS: readonly (keyof RouteOptions)[] = [
  'maxAge',
  'grace',
  'subjects',
  'delegation',
  'task',
];

/**
 * @param args scopes, and options last
 * @throws TypeError when there is no scope, a scope is malformed or an option is wrong
 */
export function compileScopedRoute<Request>(
  where: 'requireScope' | 'requireAnyScope',
  args: readonly unknown[],
  settings: GuardSettings<Request>,
): Route<Request> {
  const last: unknown = args.at(-1);
  if (Array.isArray(last)) {
    throw new TypeError(`"${where}" takes scopes one by one, not in an array: ('a:b:c', 'd:e:f')`);
  }
  const hasOptions = typeof last === 'object' && last !== null;
  const scopes = hasOptions ? args.slice(0, -1) : args;
  const match = where === 'requireScope' ? 'all' : 'any';
  const requirement = compileRequirement<Request>(where, match, scopes);
  return compileRoute(requirement, hasOptions ? last : {}, where, settings);
}

/** @throws TypeError when an option is wrong */
export function compileUnscopedRoute<Request>(
  options: AuthenticateOptions<Request>,
  settings: GuardSettings<Request>,
): Route<Request> {
  return compileRoute(NOTHING_MORE, options, 'authenticate', settings);
}

function compileRoute<Request>(
  requirement: Requirement<Request>,
  given: AuthenticateOptions<Request>,
  where: string,
  settings: GuardSettings<Request>,
): Route<Request> {
  const known = where === 'authenticate' ? [...ROUTE_OPTIONS, 'optional'] : ROUTE_OPTIONS;
  assertKnownOptions(given, where, known);
  // Read once: what is checked is what counts.
  const options = { ...given };
  assertDefined(options);
  const { maxAge = settings.maxAge, optional = false, delegation, ...policy } = options;
  assertAge(maxAge, 'maxAge');
  // "Always ask" means it, whatever the guard forgives elsewhere; the route itself may say otherwise.
  const { grace = maxAge > 0 ? settings.grace : 0, task = settings.policy.task } = options;
  assertAge(grace, 'grace');
  assertBoolean(optional, 'optional');
  assertRoutePolicy(options);
  const isScoped = requirement !== NOTHING_MORE;
  return {
    needs: Object.freeze({
      match: isScoped ? requirement.match : 'none',
      scopes: requirement.declared,
      isComputed: requirement.isComputed,
      isOptional: optional,
      maxAge,
    }),
    requirement,
    tolerance: { maxAgeMs: maxAge * 1000, graceMs: grace * 1000 },
    breachOf: compilePolicy({
      ...settings.policy,
      ...policy,
      // Member by member: a route that limits the depth says nothing about the roots.
      delegation: { ...settings.policy.delegation, ...delegation },
    }),
    task,
  };
}

/**
 * What a request needs as far as it can be said without running functions of the program, which only see
 * requests whose tokens are good. For a request that is refused anyway: that a route cannot say it must not
 * change how.
 */
export function foreseeNeeds<Request>(
  { requirement }: Route<Request>,
  facts: RequestFacts<Request>,
): Needed | undefined {
  if (requirement.isComputed) return undefined;
  try {
    return { scopes: requirement.resolve(facts), match: requirement.match };
  } catch {
    return undefined;
  }
}
