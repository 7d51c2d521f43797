// What spans and metrics call things. Stable: dashboards and alerts go by them.

/** A span of its own for each decision, with the option `spans`. */
export const DECISION_SPAN = 'agentwrit.decision';

/** Counter, `{decision}`: by outcome, reason, method, route and the source of the proof. */
export const DECISION_COUNTER = 'agentwrit.decisions';

/** Histogram, seconds: by outcome and the source of the proof. */
export const DECISION_DURATION = 'agentwrit.decision.duration';

/** Histogram, seconds, of the age of the broker's word that decisions were based on: by its source. */
export const PROOF_AGE = 'agentwrit.proof.age';

export const ATTRIBUTES = {
  /** `allow`, `anonymous` or `refuse`. */
  outcome: 'agentwrit.outcome',
  /** Of a refusal. */
  reason: 'agentwrit.reason',
  cause: 'agentwrit.cause',
  requestId: 'agentwrit.request.id',
  /** The token's subject, a SPIFFE id. This and what follows, to the proof, only where the broker vouched for it. */
  agentId: 'agentwrit.agent.id',
  taskId: 'agentwrit.task.id',
  orchestratorId: 'agentwrit.orchestrator.id',
  tokenId: 'agentwrit.token.id',
  delegationDepth: 'agentwrit.delegation.depth',
  /** The first delegator. */
  delegationRoot: 'agentwrit.delegation.root',
  /** `broker`, `cache` or `grace`. */
  proofSource: 'agentwrit.proof.source',
  /** Milliseconds. */
  proofAge: 'agentwrit.proof.age_ms',
  /** Texts: what the request needed. */
  requiredScope: 'agentwrit.scope.required',
  /** Texts: what the token holds that covered it. */
  usedScope: 'agentwrit.scope.used',
  /** The conventions' own: on metrics, and on the span of a decision that could not be made. */
  method: 'http.request.method',
  route: 'http.route',
  errorType: 'error.type',
} as const;
