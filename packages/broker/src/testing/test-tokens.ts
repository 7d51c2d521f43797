// What a test wants a token to say in → a token this broker vouches for out, without the five calls it
// takes an agent to get one.

import {
  type Claims,
  encodeJson,
  MAX_DELEGATION_DEPTH,
  parseAgentId,
  scopeCovers,
} from '@agentwrit/protocol';
import type { BrokerState } from '../broker-state.js';
import { delegatedGrant } from '../delegation.js';
import { wireClaims } from '../token-claims.js';
import type { TokenGrant } from '../tokens.js';
import { assertTokenOptions, type IssueTokenOptions, type TestToken } from './token-options.js';

export type IssueToken = (options: IssueTokenOptions) => Promise<TestToken>;

export function createTokenIssuer(state: BrokerState): IssueToken {
  const { agents, key, revocations, settings, tokens } = state;
  // What these say is known, even where `claims` has made them so that the broker does not vouch for them.
  const issued = new WeakSet<TestToken>();

  const claimsOf = (delegator: TestToken | string): Claims => {
    if (isToken(delegator) && issued.has(delegator)) return delegator.claims;
    const text: unknown = isToken(delegator) ? delegator.token : delegator;
    const verification = typeof text === 'string' ? tokens.verify(text) : undefined;
    if (verification?.valid) return verification.claims;
    const reason = verification ? `: ${verification.reason}` : '';
    throw new TypeError(
      `"delegatedBy" must be what issueToken gave, or the text of a token this broker vouches for${reason}`,
    );
  };

  const subjectOf = (options: IssueTokenOptions, delegator: Claims | undefined): string => {
    const { subject, taskId = delegator?.task_id ?? 'task-1' } = options;
    if (subject === undefined) {
      const id = agents.register(options.orchId ?? delegator?.orch_id ?? 'orch-1', taskId);
      if (id !== undefined) return id;
      throw new TypeError('"delegatedBy" has a task no agent can have: give "taskId" and "orchId"');
    }
    if (parseAgentId(subject)) agents.add(subject);
    return subject;
  };

  return async (options) => {
    assertTokenOptions(options);
    const { scope, ttl = 300, delegatedBy, claims: overrides = {} } = options;
    const delegator = delegatedBy === undefined ? undefined : claimsOf(delegatedBy);
    if (delegator) assertDelegable(scope, delegator);
    const now = settings.clock();
    const line = delegator && revocations.lineage?.lineOf(delegator);
    const subject = subjectOf(options, delegator);
    const grant = delegator
      ? delegatedGrant(delegator, { to: subject, scope, now }, key)
      : { sub: subject, scope, ...workOf(subject, options) };
    const notAfter = delegator && settings.strict ? { notAfter: delegator.exp } : {};
    const plain = await tokens.issue({ ...grant, ttl, ...notAfter });

    const changes = Object.entries(overrides).filter(([, value]) => value !== undefined);
    const claims: Claims = { ...plain.claims, ...Object.fromEntries(changes) };
    const isPlain = changes.length === 0;
    const token = isPlain ? plain.token : await key.signToken(encodeJson(wireClaims(claims)));
    if (line) revocations.lineage?.delegated(line, claims, now);
    const result = { token, tokenId: claims.jti, agentId: claims.sub, claims };
    issued.add(result);
    return result;
  };
}

function isToken(value: unknown): value is TestToken {
  return typeof value === 'object' && value !== null && 'token' in value;
}

/** What a broker refuses to delegate (protocol §2.8). */
function assertDelegable(
  scope: readonly string[],
  { delegation_chain, scope: held }: Claims,
): void {
  if (delegation_chain.length >= MAX_DELEGATION_DEPTH) {
    throw new TypeError(
      `"delegatedBy" has been delegated ${MAX_DELEGATION_DEPTH} times, and no token may be more often`,
    );
  }
  const excess = scope.filter((wanted) => !held.some((one) => scopeCovers(one, wanted)));
  if (excess.length > 0) {
    throw new TypeError(`"scope" exceeds the delegator's scope: ${excess.join(', ')}`);
  }
}

/** Operators and apps have no task. */
function workOf(
  subject: string,
  { taskId, orchId }: IssueTokenOptions,
): Pick<TokenGrant, 'task_id' | 'orch_id'> {
  const own = parseAgentId(subject);
  if (own === undefined) return {};
  return { task_id: taskId ?? own.taskId, orch_id: orchId ?? own.orchId };
}
