// What a test wants a token to say in → a token this broker vouches for out, without the five calls it
// takes an agent to get one.

import {
  assertKnownOptions,
  assertNumber,
  assertTexts,
  type Claims,
  encodeJson,
} from '@agentwrit/protocol';
import type { BrokerState } from '../broker-state.js';
import { delegatedGrant } from '../delegation.js';
import { wireClaims } from '../token-claims.js';

export interface IssueTokenOptions {
  /** `action:resource:identifier`, one or more. */
  readonly scope: readonly string[];
  /** Default `task-1`; with `delegatedBy`, the delegator's. */
  readonly taskId?: string;
  /** Default `orch-1`; with `delegatedBy`, the delegator's. */
  readonly orchId?: string;
  /** Seconds, at least 1. Default 300. */
  readonly ttl?: number;
  /** `admin`, `app:ID` or the id of an agent. Default: a new agent of that task. */
  readonly subject?: string;
  /** The token it is delegated from, which it takes its chain from. What the scope covers is not checked. */
  readonly delegatedBy?: TestToken;
  /** The last word, unchecked: for tokens no broker would issue. */
  readonly claims?: Partial<Claims>;
}

export interface TestToken {
  /** What goes into `Authorization: Bearer …`. */
  readonly token: string;
  /** `jti`: the target of a revocation at token level. */
  readonly tokenId: string;
  /** `sub`: the target of a revocation at agent level. */
  readonly agentId: string;
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

/** @throws TypeError naming the option that is unknown or has a value it cannot have */
export async function issueTestToken(
  options: IssueTokenOptions,
  state: BrokerState,
): Promise<TestToken> {
  assertKnownOptions(options, 'issueToken', OPTIONS);
  const { scope, ttl = 300, delegatedBy, claims: overrides } = options;
  assertTexts(scope, 'scope');
  assertNumber(ttl, 'ttl', { min: 1, isWhole: true });
  const { key, settings, tokens } = state;
  const now = settings.clock();
  const {
    taskId = delegatedBy?.claims.task_id ?? 'task-1',
    orchId = delegatedBy?.claims.orch_id ?? 'orch-1',
  } = options;
  const subject = options.subject ?? state.agents.register(orchId, taskId);
  if (subject === undefined) {
    throw new TypeError('"taskId" and "orchId" must be one or more of A-Z a-z 0-9 . - _');
  }
  const grant = delegatedBy
    ? delegatedGrant(delegatedBy.claims, { to: subject, scope, now }, key)
    : { sub: subject, scope };
  const isAgent = subject.startsWith('spiffe://');
  const work = isAgent ? { task_id: taskId, orch_id: orchId } : {};
  const issued = await tokens.issue({ ...work, ...grant, ttl });
  if (delegatedBy) state.revocations.lineage?.delegated(delegatedBy.claims, issued.claims, now);
  if (overrides === undefined) return described(issued.token, issued.claims);
  const claims = { ...issued.claims, ...overrides };
  return described(await key.signToken(encodeJson(wireClaims(claims))), claims);
}

function described(token: string, claims: Claims): TestToken {
  return { token, tokenId: claims.jti, agentId: claims.sub, claims };
}
