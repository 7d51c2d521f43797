// One request's facts in → allow with an agent, or a refusal ready to be sent, out. Composes every other file
// in the order data meets them, and is the only thing an adapter calls.

import type { Scope } from '@agentwrit/protocol';
import { Agent, identify, type Proof } from './agent.js';
import { readBearer } from './bearer.js';
import { createBrokerCalls } from './broker.js';
import { type Decision, decideScope, failed, type Needed, refused } from './decision.js';
import { digestToken } from './digest.js';
import { describeDecision, emitDecision, isObserved } from './events.js';
import {
  type GuardOptions,
  resolveGuardOptions,
  resolveRouteOptions,
  type RouteOptions,
} from './guard-options.js';
import { compilePolicy } from './policy.js';
import { couldBeLive } from './prefilter.js';
import { type Refusal, refuse } from './refusal.js';
import type { RequestFacts } from './request-facts.js';
import { requestIdOf } from './request-id.js';
import { compileRequirement, type Requirement } from './requirement.js';
import { createInProcessTransport, createPoolTransport } from './transport.js';
import { Verdicts, type Vouched } from './verdicts.js';
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
  /** Forgets every verdict and closes the connections; requests after it are refused with 503. */
  readonly close: () => Promise<void>;
}

/** @throws TypeError naming the option that is wrong and what is allowed */
export function createGuard(options: GuardOptions): Guard {
  const settings = resolveGuardOptions(options);
  const { clock, onDecision, realm } = settings;
  const transport =
    settings.broker instanceof URL
      ? createPoolTransport(settings.broker)
      : createInProcessTransport(settings.broker);
  const broker = createBrokerCalls(transport, settings.timeoutMs);
  const verdicts = new Verdicts(broker, { clock, maxEntries: settings.maxCachedTokens });
  const breachOf = compilePolicy(settings.policy);
  const warnings = new Warnings('AGENTWRIT_REFUSING');
  let isClosed = false;

  /** The questions of one request, once it is known that its token is good at the broker. */
  function judge(
    verdict: Vouched,
    source: Proof['source'],
    requirement: Requirement,
    facts: RequestFacts,
  ): Decision {
    const { claims } = verdict;
    const identity = identify(claims);
    const ageMs = clock.monotonic() - verdict.askedAt;
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
    maxAgeMs: number,
    arrivedAt: number,
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
    if (isClosed) return refused('broker_unavailable', 'closed');
    const { token } = bearer;
    const digest = digestToken(token);
    const notBefore = arrivedAt - maxAgeMs;
    const known = verdicts.recall(digest, notBefore);
    if (known !== undefined) return judge(known, 'cache', requirement, facts);
    if (!couldBeLive(token, clock.now() / 1000)) {
      return refused('invalid_token', 'not_a_live_token', neededBy(requirement, facts));
    }
    return verdicts
      .ask(digest, token, notBefore, requestId())
      .then((verdict) =>
        verdict.valid
          ? judge(verdict, 'broker', requirement, facts)
          : refused('invalid_token', 'refused_by_broker', neededBy(requirement, facts)),
      );
  }

  /** Steps 8 and 9. */
  function conclude(
    decision: Decision,
    facts: RequestFacts,
    requestId: () => string,
    requirement: Requirement,
    arrivedAt: number,
  ): GuardAnswer {
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
      const { scopes, maxAge = settings.maxAge } = readArguments(args);
      const requirement = compileRequirement(scopes);
      const maxAgeMs = maxAge * 1000;

      return (facts) => {
        const arrivedAt = clock.monotonic();
        let id: string | undefined;
        const requestId = (): string => (id ??= requestIdOf(facts.requestId));
        const answer = (decision: Decision): GuardAnswer =>
          conclude(decision, facts, requestId, requirement, arrivedAt);
        let decision: Decision | Promise<Decision>;
        try {
          decision = decide(facts, requestId, requirement, maxAgeMs, arrivedAt);
        } catch (error) {
          decision = failed(error);
        }
        // Not `instanceof Promise`: a program may have put another in its place.
        return 'outcome' in decision ? answer(decision) : decision.catch(failed).then(answer);
      };
    },

    async close() {
      isClosed = true;
      verdicts.clear();
      await broker.close();
    },
  };
}

function readArguments(args: readonly unknown[]): {
  scopes: readonly unknown[];
  maxAge?: number;
} {
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
