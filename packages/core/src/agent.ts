// Claims in → who is calling, for which task, on whose behalf out. What a route handler sees.

import {
  type AgentId,
  type Claims,
  compileRequiredScope,
  HeldScopes,
  MAX_DELEGATION_DEPTH,
  parseAgentId,
  type Proof,
  scopeIsSubset,
  type SubjectKind,
  subjectKind,
} from '@agentwrit/protocol';

/** One hop of a delegation. */
export interface DelegationLink {
  /** The delegator's id. */
  readonly agent: string;
  /** Everything the delegator held, not only what it handed on. */
  readonly scope: readonly string[];
  /** RFC 3339. */
  readonly delegatedAt: string;
}

/** All that an {@link Agent} says of itself. */
export type AgentRecord = Pick<
  Agent,
  | 'id'
  | 'kind'
  | 'trustDomain'
  | 'taskId'
  | 'orchId'
  | 'instanceId'
  | 'scope'
  | 'tokenId'
  | 'issuedAt'
  | 'expiresAt'
  | 'delegation'
  | 'delegatedBy'
  | 'claims'
  | 'proof'
>;

/** What follows from the claims alone: worked out once for each validation. */
export interface Identity {
  readonly claims: Claims;
  readonly kind: SubjectKind;
  readonly agentId: AgentId | undefined;
  readonly held: HeldScopes;
  readonly delegation: readonly DelegationLink[];
  /** Whether no link of the chain hands on more than it held (protocol §2.8). */
  readonly chainIsConsistent: boolean;
  /**
   * The route that was the last to let it in and would do so with any parameters: an identity does not change, and no
   * more does a route.
   */
  suits: object | undefined;
}

export function identify(claims: Claims): Identity {
  return {
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
    suits: undefined,
  };
}

// Each delegator's scopes cover the next one's, the last one's cover the token's, and there are not more of
// them than the broker ever signs. It can only be otherwise if the broker's rules were broken.
function chainIsConsistent({ delegation_chain: chain, scope }: Claims): boolean {
  if (chain.length > MAX_DELEGATION_DEPTH) return false;
  return chain.every((link, hop) => scopeIsSubset(chain[hop + 1]?.scope ?? scope, link.scope));
}

/**
 * The caller of one request, as the broker vouches for it. Holds no token. What it says cannot be assigned to, and
 * is read from the claims when asked for: of the requests that a guard lets in, few ask for all of it.
 */
export class Agent {
  readonly #identity: Identity;
  readonly #source: Proof['source'];
  readonly #proofAgeMs: number;

  constructor(identity: Identity, source: Proof['source'], proofAgeMs: number) {
    this.#identity = identity;
    this.#source = source;
    this.#proofAgeMs = proofAgeMs;
  }

  /** The token's `sub`: a SPIFFE id, or `admin` / `app:…` where the guard's `subjects` admit those. */
  get id(): string {
    return this.#identity.claims.sub;
  }

  get kind(): SubjectKind {
    return this.#identity.kind;
  }

  /** Absent for `admin` and `app:…`, like `instanceId`. */
  get trustDomain(): string | undefined {
    return this.#identity.agentId?.trustDomain;
  }

  /** The task this request is for. On a delegated token, the delegator's task. */
  get taskId(): string | undefined {
    return this.#identity.claims.task_id;
  }

  get orchId(): string | undefined {
    return this.#identity.claims.orch_id;
  }

  get instanceId(): string | undefined {
    return this.#identity.agentId?.instanceId;
  }

  /** As granted: order and duplicates kept. */
  get scope(): readonly string[] {
    return this.#identity.claims.scope;
  }

  /** The token's `jti`: names it in logs and in revocations. */
  get tokenId(): string {
    return this.#identity.claims.jti;
  }

  /** Oldest first; empty for an agent that acts with its own authority. */
  get delegation(): readonly DelegationLink[] {
    return this.#identity.delegation;
  }

  /** Who handed this authority to the agent: the last link. */
  get delegatedBy(): string | undefined {
    return this.#identity.delegation.at(-1)?.agent;
  }

  /** Under their wire names, deeply frozen. */
  get claims(): Claims {
    return this.#identity.claims;
  }

  get proof(): Proof {
    return Object.freeze({ source: this.#source, ageMs: this.#proofAgeMs });
  }

  get issuedAt(): Date {
    return new Date(this.#identity.claims.iat * 1000);
  }

  /** The start of the token's last second: `exp` is inclusive (protocol §3.4). */
  get expiresAt(): Date {
    return new Date(this.#identity.claims.exp * 1000);
  }

  /** Whether the agent's scope covers this one (protocol §4.2). A malformed scope is never covered. */
  can(scope: string): boolean {
    // Whatever untyped code brings here, out of a query say, is no reason to throw and none to agree.
    return typeof scope === 'string' && this.#identity.held.covers(scope);
  }

  /** Which of the agent's scopes covers this one: the same where it is held, else the wildcard. */
  covering(scope: string): string | undefined {
    const required = typeof scope === 'string' ? compileRequiredScope(scope) : undefined;
    return required && this.#identity.held.covering(required);
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
    return this.#identity.held.identifiers(action, resource);
  }

  /** What there is to tell of it, for logs and answers: all of its properties. */
  toJSON(): AgentRecord {
    return {
      id: this.id,
      kind: this.kind,
      trustDomain: this.trustDomain,
      taskId: this.taskId,
      orchId: this.orchId,
      instanceId: this.instanceId,
      scope: this.scope,
      tokenId: this.tokenId,
      issuedAt: this.issuedAt,
      expiresAt: this.expiresAt,
      delegation: this.delegation,
      delegatedBy: this.delegatedBy,
      claims: this.claims,
      proof: this.proof,
    };
  }
}

// `console.log` and the like show what is told, and would show nothing else.
Object.defineProperty(Agent.prototype, Symbol.for('nodejs.util.inspect.custom'), {
  value(this: Agent) {
    return this.toJSON();
  },
});
