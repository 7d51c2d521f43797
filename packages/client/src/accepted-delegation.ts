// A token that another process handed over, and what the broker says of it, in → what its holder holds out.

import { assertKnownOptions, assertText, type Claims, subjectKind } from '@agentwrit/protocol';
import { AccessToken, isTokenText } from './access-token.js';
import type { Holding } from './credential.js';
import { readAgentId } from './delegate-options.js';
import { AgentWritError } from './errors.js';
import { assertSignal, type CallOptions } from './option-checks.js';

export interface AcceptDelegationOptions extends CallOptions {
  /** Whom it must name: an agent id, or anything that has one; any agent when absent. */
  readonly to?: string | { readonly agentId: string } | undefined;
}

/** @throws TypeError when the text cannot stand in a header, or an option is wrong */
export function readAcceptOptions(
  accessToken: unknown,
  options: AcceptDelegationOptions,
): { readonly delegate: string | undefined; readonly signal: AbortSignal | undefined } {
  assertText(accessToken, 'accessToken');
  // The broker vouches for it with a line break as well (protocol §3.6).
  if (!isTokenText(accessToken)) {
    throw new TypeError('"accessToken" must be printable ASCII without spaces or line breaks');
  }
  assertKnownOptions(options, 'acceptDelegation', ['to', 'signal']);
  const { to, signal } = options;
  assertSignal(signal);
  return { delegate: to === undefined ? undefined : readAgentId(to, 'to'), signal };
}

/** @throws AgentWritError `invalid_token` when it was not delegated, or to somebody else */
export function readHolding(
  accessToken: string,
  claims: Claims,
  { delegate, askedAtMs }: { readonly delegate: string | undefined; readonly askedAtMs: number },
): Holding {
  const { sub, scope, task_id: taskId, orch_id: orchId, iat, exp } = claims;
  const { delegation_chain: delegationChain } = claims;
  if (subjectKind(sub) !== 'agent' || delegationChain.length === 0) {
    throw new AgentWritError('invalid_token', 'the token was not delegated to an agent');
  }
  if (delegate !== undefined && sub !== delegate) {
    const message = `the token was delegated to ${sub}, not to ${delegate}`;
    throw new AgentWritError('invalid_token', message);
  }
  const life = exp - iat;
  // By the broker's clock. By this one it was issued before the broker was asked, and not over by then.
  const issuedAtMs = Math.max(askedAtMs - life * 1000, Math.min(askedAtMs, iat * 1000));
  const token = new AccessToken({ access_token: accessToken, expires_in: life }, issuedAtMs);
  return { agentId: sub, scope, taskId, orchId, delegationChain, token };
}
