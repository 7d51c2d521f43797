// Levels and targets in → is this token dead? (protocol §6). Entries are for ever and hit tokens issued
// later, too; targets are never looked up.

import type { Claims, RevocationLevel } from '@agentwrit/protocol';

export class Revocations {
  readonly #targets: Readonly<Record<RevocationLevel, Set<string>>> = {
    token: new Set(),
    agent: new Set(),
    task: new Set(),
    chain: new Set(),
  };

  add(level: RevocationLevel, target: string): void {
    this.#targets[level].add(target);
  }

  hit(claims: Claims): boolean {
    const { token, agent, task, chain } = this.#targets;
    // Only the first record counts: a middle delegator matches nothing (protocol §6.3).
    const root = claims.delegation_chain[0]?.agent;
    return (
      token.has(claims.jti) ||
      agent.has(claims.sub) ||
      (claims.task_id !== undefined && task.has(claims.task_id)) ||
      (root !== undefined && chain.has(root))
    );
  }
}
