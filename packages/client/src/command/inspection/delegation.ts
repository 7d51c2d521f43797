// The delegation chain of a token in → who handed on what to whom, and what was dropped on the way, out
// (protocol §3.8).

import { createHash } from 'node:crypto';
import {
  chainHashInput,
  type Claims,
  MAX_DELEGATION_DEPTH,
  scopeCovers,
  scopeIsSubset,
} from '@agentwrit/protocol';
import { visible } from '../printing.js';
import { fields } from '../table.js';

export interface Delegation {
  /** `null` for a token that was not delegated. */
  readonly document: object | null;
  readonly lines: readonly string[];
}

interface Hop {
  readonly agent: string;
  readonly scope: readonly string[];
  /** When the agent above handed it on; `undefined` for the root. */
  readonly delegatedAt: string | undefined;
  /** Held above and no longer here, with what of it is still held. */
  readonly dropped: readonly Dropped[];
  /** Not covered above: no broker would do that. */
  readonly gained: readonly string[];
}

interface Dropped {
  readonly scope: string;
  readonly narrowed_to: readonly string[];
}

const PROVES = 'which shows that the two agree, not who wrote them';

export function describeDelegation(claims: Claims): Delegation {
  const { delegation_chain: chain, chain_hash: claimed } = claims;
  if (chain.length === 0) {
    const isOdd = claimed !== undefined;
    return { document: null, lines: isOdd ? ['chain hash  without a chain'] : [] };
  }
  const hops = hopsOf(claims);
  const computed = createHash('sha256').update(chainHashInput(chain)).digest('hex');
  const isMatching = claimed === computed;
  const isTooDeep = chain.length > MAX_DELEGATION_DEPTH;
  return {
    document: {
      depth: chain.length,
      is_too_deep: isTooDeep,
      hops: hops.map(({ agent, scope, delegatedAt = null, dropped, gained }) => ({
        agent,
        scope,
        delegated_at: delegatedAt,
        dropped,
        gained,
      })),
      chain_hash: { claimed: claimed ?? null, computed, is_matching: isMatching },
    },
    lines: [
      `delegated ${chain.length === 1 ? 'once' : `${chain.length} times`}, from the root to the holder:`,
      ...hops.flatMap((hop, depth) => hopLines(hop, depth, depth === hops.length - 1)),
      ...(isTooDeep ? [`TOO DEEP: a broker stops at ${MAX_DELEGATION_DEPTH}`] : []),
      `chain hash  ${isMatching ? `matches the chain, ${PROVES}` : hashComplaint(claimed)}`,
    ],
  };
}

function hashComplaint(claimed: string | undefined): string {
  return claimed === undefined ? 'MISSING' : 'DIFFERS from that of the chain';
}

/** The chain names delegators; the holder, last, is the token's own subject. */
function hopsOf({ sub, scope, delegation_chain: chain }: Claims): readonly Hop[] {
  const holders = [...chain, { agent: sub, scope }];
  return holders.map((holder, index) => {
    const above = chain[index - 1];
    return {
      agent: holder.agent,
      scope: holder.scope,
      delegatedAt: above?.delegated_at,
      dropped: above === undefined ? [] : droppedBetween(above.scope, holder.scope),
      gained: above === undefined ? [] : lacking(holder.scope, above.scope),
    };
  });
}

function droppedBetween(above: readonly string[], below: readonly string[]): readonly Dropped[] {
  return lacking(above, below).map((scope) => ({
    scope,
    narrowed_to: below.filter((held) => scopeCovers(scope, held)),
  }));
}

/** A malformed scope covers nothing, itself included; one that was kept was still not lost. */
function lacking(scopes: readonly string[], held: readonly string[]): readonly string[] {
  return scopes.filter((scope) => !held.includes(scope) && !scopeIsSubset([scope], held));
}

function hopLines(hop: Hop, depth: number, isHolder: boolean): readonly string[] {
  const branch = depth === 0 ? '' : `${' '.repeat(3 * (depth - 1))}└─ `;
  const role = depth === 0 ? '  (root)' : isHolder ? '  (holder)' : '';
  const details = fields([
    ['handed on', hop.delegatedAt],
    ['holds', listed(hop.scope)],
    ...hop.dropped.map(({ scope, narrowed_to: to }): [string, string] =>
      to.length === 0 ? ['dropped', scope] : ['narrowed', `${scope} to ${listed(to)}`],
    ),
    ['GAINED', hop.gained.length === 0 ? undefined : `${listed(hop.gained)}: not held above`],
  ]);
  return [
    `${branch}${visible(hop.agent)}${role}`,
    ...details.map((line) => `${' '.repeat(3 * depth + 2)}${line}`),
  ];
}

function listed(scopes: readonly string[]): string {
  return scopes.length === 0 ? 'nothing' : scopes.join(', ');
}
