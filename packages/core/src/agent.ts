// Claims in → who is calling, for which task, on whose behalf out. What a route handler sees.

import {
  type AgentId,
  type Claims,
  HeldScopes,
  MAX_DELEGATION_DEPTH,
  parseAgentId,
  scopeIsSubset,
  type SubjectKind,
  subjectKind,
} from '@agentwrit/protocol';

/** Where the broker's word for this request comes from, and how long ago it was asked for. */
export interface Proof {
  /**
   * `broker`: asked for this request, or while it waited. `cache`: remembered, at most `maxAge` old. `grace`:
   * older, because the broker cannot be asked.
   */
  readonly source: 'broker' | 'cache' | 'grace';
  readonly ageMs: number;
}

/** One hop of a delegation. */
export interface DelegationLink {
  /** The delegator's id. */
  readonly agent: string;
  /** Everything the delegator held, not only what it handed on. */
  readonly scope: readonly string[];
  /** RFC 3339. */
  readonly delegatedAt: string;
}

/** What follows from the claims alone: worked out once for each validation. */
export interface Identity {
  readonly claims: Claims;
  readonly kind: SubjectKind;
  readonly agentId: AgentId | undefined;
  readonly held: HeldScopes;
  readonly delegation: readonly DelegationLink[];
  /** Whether no link of the chain hands on more than it held (protocol §2.8). */
  readonly chainIsConsistent: boolean;
}

const identities = new WeakMap<Claims, Identity>();

/** The same object for the same claims, so that one cached verdict is worked out once. */
export function identify(claims: Claims): Identity {
  const known = identities.get(claims);
  if (known !== undefined) return known;
  const identity: Identity = {
    claims,
    kind: subjectKind(claims.sub),
    agentId: parseAgentId(claims.sub),
    held: new HeldScopes(claims.scope),
    delegation: Object.freeze(
      claims.delegation_chain.map(({ agent, scope, delegated_at }) =>
        Object.freeze({ agent, scope, delegatedAt: delegated_at }),
      ),
    ),
    chainIsConsistent: chainIsConsistent(claims),
  };
  identities.set(claims, identity);
  return identity;
}

// Each delegator's scopes cover the next one's, the last one's cover the token's, and there are not more of
// them than the broker ever signs. It can only be otherwise if the broker's rules were broken.
function chainIsConsistent({ delegation_chain: chain, scope }: Claims): boolean {
  if (chain.length > MAX_DELEGATION_DEPTH) return false;
  return chain.every((link, hop) => scopeIsSubset(chain[hop + 1]?.scope ?? scope, link.scope));
}

/** The caller of one request, as the broker vouches for it. Holds no token. */
export class Agent {
  /** The token's `sub`: a SPIFFE id, or `admin` / `app:…` where the guard's `subjects` admit those. */
  readonly id: string;
  readonly kind: SubjectKind;
  /** Absent for `admin` and `app:…`, like `instanceId`. */
  readonly trustDomain: string | undefined;
  /** The task this request is for. On a delegated token, the delegator's task. */
  readonly taskId: string | undefined;
  readonly orchId: string | undefined;
  readonly instanceId: string | undefined;
  /** As granted: order and duplicates kept. */
  readonly scope: readonly string[];
  /** The token's `jti`: names it in logs and in revocations. */
  readonly tokenId: string;
  /** Oldest first; empty for an agent that acts with its own authority. */
  readonly delegation: readonly DelegationLink[];
  /** Who handed this authority to the agent: the last link. */
  readonly delegatedBy: string | undefined;
  /** Under their wire names, deeply frozen. */
  readonly claims: Claims;
  readonly proof: Proof;
  readonly #held: HeldScopes;

  constructor(identity: Identity, proof: Proof) {
    const { claims, delegation, agentId } = identity;
    this.id = claims.sub;
    this.kind = identity.kind;
    this.trustDomain = agentId?.trustDomain;
    this.taskId = claims.task_id;
    this.orchId = claims.orch_id;
    this.instanceId = agentId?.instanceId;
    this.scope = claims.scope;
    this.tokenId = claims.jti;
    this.delegation = delegation;
    this.delegatedBy = delegation.at(-1)?.agent;
    this.claims = claims;
    this.proof = Object.freeze(proof);
    this.#held = identity.held;
  }

  get issuedAt(): Date {
    return new Date(this.claims.iat * 1000);
  }

  /** The start of the token's last second: `exp` is inclusive (protocol §3.4). */
  get expiresAt(): Date {
    return new Date(this.claims.exp * 1000);
  }

  /** Whether the agent's scope covers this one (protocol §4.2). A malformed scope is never covered. */
  can(scope: string): boolean {
    // Whatever untyped code brings here, out of a query say, is no reason to throw and none to agree.
    return typeof scope === 'string' && this.#held.covers(scope);
  }

  /**
   * The identifiers the agent holds for an action on a resource: `'*'` for all, else the set (empty when
   * none), so that a list endpoint can filter its rows.
   *
   * @example
   * const mine = request.agent.identifiers('read', 'data');
   * const rows = mine === '*' ? all : all.filter((row) => mine.has(row.id));
   */
  identifiers(action: string, resource: string): '*' | ReadonlySet<string> {
    return this.#held.identifiers(action, resource);
  }
}
