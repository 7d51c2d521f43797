// An identity in → the rule it breaks out, if any. Evaluated on every request, after the cache.

import { assertText, assertTexts, isTrustDomain, type SubjectKind } from '@agentwrit/protocol';
import type { Identity } from './agent.js';

/** Which tokens a guard accepts at all, whatever their scope. */
export interface PolicyOptions {
  /**
   * The token's `aud` must contain this text. The broker's validation does not check it (protocol §2.4), so
   * only the guard can. Default: not checked.
   */
  readonly audience?: string;
  /** The token's `iss` must be this text. Default: not checked. */
  readonly issuer?: string;
  /** The agent id's trust domain must be one of these. Default: not checked. */
  readonly trustDomains?: readonly string[];
  /** Whose tokens are accepted. Default: `['agent']`; the broker vouches for admin and app tokens too. */
  readonly subjects?: readonly Exclude<SubjectKind, 'unknown'>[];
}

export type PolicyBreach = 'subject' | 'issuer' | 'audience' | 'trust_domain' | 'delegation_chain';

/** @returns a function that names the first rule an identity breaks */
export function compilePolicy(
  options: PolicyOptions,
): (identity: Identity) => PolicyBreach | undefined {
  const { audience, issuer, trustDomains, subjects = ['agent'] } = options;
  const kinds = new Set<SubjectKind>(subjects);
  const domains = trustDomains && new Set(trustDomains);
  return ({ claims, kind, agentId, chainIsConsistent }) => {
    if (!kinds.has(kind)) return 'subject';
    if (issuer !== undefined && claims.iss !== issuer) return 'issuer';
    if (audience !== undefined && !claims.aud.includes(audience)) return 'audience';
    // Admin and app subjects have no trust domain; whoever admits them does so by `subjects`.
    if (domains && agentId && !domains.has(agentId.trustDomain)) return 'trust_domain';
    if (!chainIsConsistent) return 'delegation_chain';
    return undefined;
  };
}

const SUBJECTS: readonly SubjectKind[] = ['agent', 'app', 'admin'];

/** @throws TypeError naming the option that is wrong and what is allowed */
export function assertPolicy(policy: PolicyOptions): void {
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
  if (policy.subjects !== undefined) {
    assertTexts(policy.subjects, 'subjects');
    const wrong = policy.subjects.find((kind) => !SUBJECTS.includes(kind));
    if (wrong !== undefined) {
      throw new TypeError(
        `"subjects" has ${JSON.stringify(wrong)}; it takes: ${SUBJECTS.join(', ')}`,
      );
    }
  }
}
