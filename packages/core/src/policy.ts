// An identity in → the rule it breaks out, if any. Evaluated on every request, after the cache.

import type { SubjectKind } from '@agentwrit/protocol';
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
