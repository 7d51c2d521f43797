// What a test wants a token to say in → the same, checked, out.

import {
  assertAgentIdSegment,
  assertKnownOptions,
  assertNumber,
  assertScope,
  assertTexts,
  type Claims,
  subjectKind,
} from '@agentwrit/protocol';

export interface IssueTokenOptions {
  /** `action:resource:identifier`, one or more. With `delegatedBy`, no more than the delegator's covers. */
  readonly scope: readonly string[];
  /**
   * Default: that of an agent `subject`, else `task-1`. A delegated token keeps the task of its delegator, as
   * it does at any broker; then this goes into the id of the new agent alone, and the delegator's is the default.
   */
  readonly taskId?: string;
  /** As `taskId`. Default `orch-1`. */
  readonly orchId?: string;
  /** Seconds, at least 1. The broker's `maxTtl` is a ceiling here, too. Default 300. */
  readonly ttl?: number;
  /**
   * `admin`, `app:ID` or an agent id, which others can delegate to from then on; an agent id with
   * `delegatedBy`. Default: a new agent of that task.
   */
  readonly subject?: string;
  /**
   * What it is delegated from: a result of `issueToken`, or the text of any token this broker vouches for.
   * The chain comes from it, and has at most five links (protocol §2.8).
   */
  readonly delegatedBy?: TestToken | string;
  /** The last word, under the wire names, unchecked: for tokens no broker would issue. */
  readonly claims?: Partial<Claims>;
}

export interface TestToken {
  /** What goes into `Authorization: Bearer …`. */
  readonly token: string;
  /** `jti`: the target of a revocation at token level. */
  readonly tokenId: string;
  /** `sub`: the target of a revocation at agent level. */
  readonly agentId: string;
  /**
   * Normalised: `aud`, `scope` and `delegation_chain` are lists, if need be empty ones, also where the
   * token itself leaves them out.
   */
  readonly claims: Claims;
}

const OPTIONS: readonly (keyof IssueTokenOptions)[] = [
  'scope',
  'taskId',
  'orchId',
  'ttl',
  'subject',
  'delegatedBy',
  'claims',
];

const CLAIMS: readonly (keyof Claims)[] = [
  'iss',
  'sub',
  'aud',
  'exp',
  'nbf',
  'iat',
  'jti',
  'sid',
  'scope',
  'task_id',
  'orch_id',
  'delegation_chain',
  'chain_hash',
];

/** @throws TypeError naming the option that is unknown or has a value it cannot have */
export function assertTokenOptions(options: IssueTokenOptions): void {
  assertKnownOptions(options, 'issueToken', OPTIONS);
  const { scope, taskId, orchId, ttl, subject, claims } = options;
  assertTexts(scope, 'scope');
  for (const [index, text] of scope.entries()) assertScope(text, `scope[${index}]`);
  if (taskId !== undefined) assertAgentIdSegment(taskId, 'taskId');
  if (orchId !== undefined) assertAgentIdSegment(orchId, 'orchId');
  if (ttl !== undefined) assertNumber(ttl, 'ttl', { min: 1, isWhole: true });
  if (subject !== undefined) assertSubject(subject, options);
  if (claims !== undefined) assertClaims(claims);
}

function assertSubject(subject: unknown, { delegatedBy }: IssueTokenOptions): void {
  const kind = typeof subject === 'string' ? subjectKind(subject) : 'unknown';
  if (kind === 'unknown') {
    throw new TypeError(
      '"subject" must be admin, app:ID or an agent id, spiffe://DOMAIN/agent/ORCH/TASK/INSTANCE',
    );
  }
  if (delegatedBy !== undefined && kind !== 'agent') {
    throw new TypeError('"subject" must be an agent id with "delegatedBy"');
  }
}

function assertClaims(claims: Partial<Claims>): void {
  assertKnownOptions(claims, 'claims', CLAIMS);
  const { aud, scope, delegation_chain } = claims;
  for (const [name, list] of Object.entries({ aud, scope, delegation_chain })) {
    if (list !== undefined && !Array.isArray(list)) {
      throw new TypeError(`"claims.${name}" must be an array`);
    }
  }
}
