// What a program asks to delegate in → the request to the broker out, or an error that says what is missing.

import {
  assertKnownOptions,
  type DelegateRequest,
  type DelegationRecord,
  MAX_DELEGATION_DEPTH,
  parseAgentId,
  scopeIsSubset,
} from '@agentwrit/protocol';
import { DelegationError } from './errors.js';
import { assertScopes, assertSeconds, assertSignal, type CallOptions } from './option-checks.js';

export interface DelegateOptions extends CallOptions {
  /** The delegate: its agent id, or anything that has one. */
  readonly to: string | { readonly agentId: string };
  /** No more than is held; the same is allowed. */
  readonly scope: readonly string[];
  /** Seconds the delegated token lives; 60 when absent. */
  readonly ttl?: number | undefined;
}

interface Delegator {
  readonly agentId: string;
  readonly scope: readonly string[];
  readonly delegationChain: readonly DelegationRecord[];
}

/**
 * @throws TypeError when an option is malformed
 * @throws DelegationError when a scope is not held, or the chain is as long as it may be (protocol §2.8)
 */
export function readDelegateOptions(
  options: DelegateOptions,
  { agentId, scope: held, delegationChain }: Delegator,
): { readonly body: DelegateRequest; readonly signal: AbortSignal | undefined } {
  assertKnownOptions(options, 'delegate', ['to', 'scope', 'ttl', 'signal']);
  const { to, scope, ttl, signal } = options;
  const delegate = readAgentId(to, 'to');
  assertScopes(scope, 'scope');
  assertSeconds(ttl, 'ttl');
  assertSignal(signal);
  if (delegationChain.length >= MAX_DELEGATION_DEPTH) {
    throw new DelegationError(
      `this token is the end of a chain of ${delegationChain.length} delegations, and the broker allows no more`,
    );
  }
  const missing = scope.filter((one) => !scopeIsSubset([one], held));
  if (missing.length > 0) {
    throw new DelegationError(
      `${agentId} cannot delegate ${missing.join(', ')}: it holds ${held.join(', ')}`,
      Object.freeze(missing),
    );
  }
  const body: DelegateRequest = {
    delegate_to: delegate,
    scope: Object.freeze([...scope]),
    ...(ttl === undefined ? {} : { ttl }),
  };
  return { body, signal };
}

/** @throws TypeError naming the option when it is neither an agent id nor has one */
export function readAgentId(value: unknown, name: string): string {
  const id: unknown =
    typeof value === 'object' && value !== null ? Reflect.get(value, 'agentId') : value;
  if (typeof id === 'string' && parseAgentId(id) !== undefined) return id;
  throw new TypeError(
    `"${name}" must be an agent id, "spiffe://DOMAIN/agent/ORCH/TASK/" and 16 hex digits, or have one as "agentId"`,
  );
}
