// Who plays in the model → a few agents, their tokens, and everything that can be revoked, out.

import type { Revocation } from '../../src/index.js';
import { claimsOf, START_MS, tokenOf } from '../fixtures.js';

export interface Token {
  readonly jti: string;
  readonly sub: string;
  readonly task: string;
  /** Oldest first. */
  readonly delegators: readonly string[];
  /** Seconds since 1970, inclusive (protocol §3.4). */
  readonly exp: number;
  readonly text: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

interface TokenPlan {
  readonly sub: string;
  readonly task: string;
  readonly lifeSeconds: number;
  readonly delegators?: readonly string[];
}

const [A, B, C] = [agent('aa'), agent('bb'), agent('cc')];

/** A's token, what A renews it to, what A hands on to B, and one of C's that ends soon. */
export const TOKENS: readonly Token[] = [
  token({ sub: A, task: 'task-1', lifeSeconds: 300 }),
  token({ sub: A, task: 'task-1', lifeSeconds: 301 }),
  token({ sub: B, task: 'task-1', lifeSeconds: 90, delegators: [A] }),
  token({ sub: C, task: 'task-2', lifeSeconds: 12 }),
];

/** At every level: those that end one token, several, or none. */
export const REVOCATIONS: readonly Revocation[] = [
  ...TOKENS.map(({ jti }): Revocation => ({ level: 'token', target: jti })),
  { level: 'agent', target: A },
  { level: 'agent', target: B },
  { level: 'agent', target: agent('00') },
  { level: 'task', target: 'task-1' },
  { level: 'task', target: 'task-2' },
  { level: 'chain', target: A },
  { level: 'chain', target: B },
];

/** Whether a broker refuses the token once this is revoked (protocol §6.1). */
export function ends({ level, target }: Revocation, token: Token): boolean {
  const { jti, sub, task, delegators } = token;
  return { token: jti, agent: sub, task, chain: delegators[0] }[level] === target;
}

/** What a guard takes it for: an agent's revocation may end, at a strict broker, what it has handed on. */
export function voids(revocation: Revocation, token: Token): boolean {
  if (revocation.exceptTokenId === token.jti) return false;
  const { level, target } = revocation;
  return ends(revocation, token) || (level === 'agent' && token.delegators.includes(target));
}

function agent(pair: string): string {
  return `spiffe://agentwrit.local/agent/orch-1/task-1/${pair.repeat(8)}`;
}

function token({ sub, task, lifeSeconds, delegators = [] }: TokenPlan): Token {
  const jti = `${sub.slice(-2)}${delegators.length}${lifeSeconds}`.padEnd(32, '0');
  const exp = START_MS / 1000 + lifeSeconds;
  const chain = delegators.map((agent) => ({
    agent,
    scope: ['read:data:*'],
    delegated_at: '2026-02-15T12:00:00Z',
    signature: '00',
  }));
  const claims = claimsOf({
    jti,
    sub,
    exp,
    task_id: task,
    ...(chain.length > 0 && { delegation_chain: chain, chain_hash: '00' }),
  });
  return { jti, sub, task, delegators, exp, text: tokenOf(claims), claims };
}
