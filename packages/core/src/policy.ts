// An identity in → the rule it breaks out, if any. Evaluated on every request, after the cache.

import {
  assertFunction,
  assertKnownOptions,
  assertNumber,
  assertText,
  assertTexts,
  isTrustDomain,
  MAX_DELEGATION_DEPTH,
  type SubjectKind,
} from '@agentwrit/protocol';
import type { Identity } from './agent.js';

/** How far authority may have been handed on. */
export interface DelegationPolicy {
  /** The most hops: 0 admits only agents that act with their own authority. Default 5, the broker's own limit. */
  readonly maxDepth?: number;
  /**
   * Whose authority is accepted: that of the first delegator, or of the caller itself where nothing was
   * delegated. Agent ids, or beginnings of them up to a `/`: `spiffe://agentwrit.local/agent/orders` stands
   * for every agent of that orchestration. Default: anybody's.
   */
  readonly roots?: readonly string[];
}

/**
 * Names the task a request is about, from the framework's own request; the token must be for that task.
 * `undefined` when it names none: the request is then refused.
 */
export type NamedTask<Request> = (
  request: Request,
) => string | undefined | PromiseLike<string | undefined>;

/** What a route may say for itself as well. */
export interface RoutePolicyOptions<Request = unknown> {
  /** Whose tokens are accepted. Default: `['agent']`; the broker vouches for admin and app tokens too. */
  readonly subjects?: readonly Exclude<SubjectKind, 'unknown'>[];
  /** Default: as far as the broker allows. */
  readonly delegation?: DelegationPolicy;
  /** The token's `task_id` must be what this returns. Default: not checked. */
  readonly task?: NamedTask<Request>;
}

/** Which tokens a guard accepts at all, whatever their scope. */
export interface PolicyOptions<Request = unknown> extends RoutePolicyOptions<Request> {
  /**
   * The token's `aud` must contain this text. The broker's validation does not check it (protocol §2.4), so
   * only the guard can. Default: not checked.
   */
  readonly audience?: string;
  /** The token's `iss` must be this text. Default: not checked. */
  readonly issuer?: string;
  /** The agent id's trust domain must be one of these. Default: not checked. */
  readonly trustDomains?: readonly string[];
}

/** The first rule that is broken. A token for somebody else is no token here; the rest is a good one, refused. */
export type PolicyBreach =
  | {
      readonly reason: 'invalid_token';
      readonly cause: 'subject' | 'issuer' | 'audience' | 'trust_domain' | 'delegation_chain';
      /** For an operator: that a good token is for somebody else is most often a setting. */
      readonly detail?: string;
    }
  | {
      readonly reason: 'policy_denied';
      readonly cause: 'delegation_depth' | 'delegation_root';
      readonly detail?: undefined;
    };

/** @returns a function that names the first rule an identity breaks */
export function compilePolicy(
  options: Omit<PolicyOptions<never>, 'task'>,
): (identity: Identity) => PolicyBreach | undefined {
  const { audience, issuer, trustDomains, subjects = ['agent'], delegation = {} } = options;
  const { maxDepth = MAX_DELEGATION_DEPTH, roots } = delegation;
  const kinds = new Set<SubjectKind>(subjects);
  const domains = trustDomains && new Set(trustDomains);
  const rootIds = roots && [...roots];
  const wrongIssuer = elsewhere('issuer', `is not ${JSON.stringify(issuer)}`);
  const wrongAudience = elsewhere('audience', `does not have ${JSON.stringify(audience)}`);
  const wrongDomain = elsewhere('trust_domain', `is none of ${JSON.stringify(trustDomains)}`);
  const isRoot = (id: string): boolean =>
    rootIds?.some((root) => id === root || id.startsWith(`${root}/`)) ?? true;
  return ({ claims, kind, agentId, chainIsConsistent, delegation: chain }) => {
    if (!kinds.has(kind)) return SUBJECT;
    if (issuer !== undefined && claims.iss !== issuer) return wrongIssuer;
    if (audience !== undefined && !claims.aud.includes(audience)) return wrongAudience;
    // Admin and app subjects have no trust domain; whoever admits them does so by `subjects`.
    if (domains && agentId && !domains.has(agentId.trustDomain)) return wrongDomain;
    if (!chainIsConsistent) return CHAIN;
    if (chain.length > maxDepth) return DEPTH;
    if (!isRoot(chain[0]?.agent ?? claims.sub)) return ROOT;
    return undefined;
  };
}

const SUBJECT: PolicyBreach = { reason: 'invalid_token', cause: 'subject' };
const CHAIN: PolicyBreach = { reason: 'invalid_token', cause: 'delegation_chain' };
const DEPTH: PolicyBreach = { reason: 'policy_denied', cause: 'delegation_depth' };
const ROOT: PolicyBreach = { reason: 'policy_denied', cause: 'delegation_root' };

// Of the token nothing is told, only what is expected of it.
function elsewhere(cause: 'issuer' | 'audience' | 'trust_domain', what: string): PolicyBreach {
  const name = cause.replace('_', ' ');
  const detail = `the broker vouches for the token, but its ${name} ${what}`;
  return { reason: 'invalid_token', cause, detail };
}

const SUBJECTS: readonly SubjectKind[] = ['agent', 'app', 'admin'];

/** @throws TypeError naming the option that is wrong and what is allowed */
export function assertPolicy(policy: PolicyOptions<never>): void {
  if (policy.audience !== undefined) assertText(policy.audience, 'audience');
  if (policy.issuer !== undefined) assertText(policy.issuer, 'issuer');
  if (policy.trustDomains !== undefined) {
    assertTexts(policy.trustDomains, 'trustDomains');
    const wrong = policy.trustDomains.find((domain) => !isTrustDomain(domain));
    if (wrong !== undefined) {
      throw new TypeError(
        `"trustDomains" has ${JSON.stringify(wrong)}; a trust domain is a-z 0-9 . - _ without scheme`,
      );
    }
  }
  assertRoutePolicy(policy);
}

/** @throws TypeError naming the option that is wrong and what is allowed */
export function assertRoutePolicy({ subjects, delegation, task }: RoutePolicyOptions<never>): void {
  if (subjects !== undefined) {
    assertTexts(subjects, 'subjects');
    const wrong = subjects.find((kind) => !SUBJECTS.includes(kind));
    if (wrong !== undefined) {
      throw new TypeError(
        `"subjects" has ${JSON.stringify(wrong)}; it takes: ${SUBJECTS.join(', ')}`,
      );
    }
  }
  if (delegation !== undefined) assertDelegation(delegation);
  if (task !== undefined) assertFunction(task, 'task');
}

// `roots` of an environment variable that is not set must not admit everybody: undefined is refused.
function assertDelegation(delegation: DelegationPolicy): void {
  assertKnownOptions(delegation, 'delegation', ['maxDepth', 'roots']);
  if ('maxDepth' in delegation) {
    const bounds = { min: 0, max: MAX_DELEGATION_DEPTH, isWhole: true };
    assertNumber(delegation.maxDepth, 'delegation.maxDepth', bounds);
  }
  if ('roots' in delegation) {
    assertTexts(delegation.roots, 'delegation.roots');
    const wrong = delegation.roots.find((root) => !ROOT_ID.test(root));
    if (wrong !== undefined) {
      throw new TypeError(
        `"delegation.roots" has ${JSON.stringify(wrong)}; it takes agent ids or the beginnings of them, ` +
          'such as "spiffe://agentwrit.local/agent/orders", without a slash at the end',
      );
    }
  }
}

const ROOT_ID = /^spiffe:\/\/[a-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/;
