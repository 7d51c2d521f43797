// Levels and targets in → is this token dead? (protocol §6). Entries are for ever and hit tokens issued
// later, too; targets are never looked up.

import type { Claims, RevocationLevel } from '@agentwrit/protocol';
import { Lineage } from './lineage.js';
import type { Revocation, Storage } from './storage.js';

export interface RevocationsOptions {
  /** A delegated token also dies with any agent of its chain, and with the token it came from. */
  readonly strict: boolean;
}

export class Revocations {
  readonly #targets: Readonly<Record<RevocationLevel, Set<string>>> = {
    token: new Set(),
    agent: new Set(),
    task: new Set(),
    chain: new Set(),
  };
  /** Strict brokers only. */
  readonly lineage: Lineage | undefined;
  readonly #storage: Storage | undefined;
  /** What the storage could not take. */
  #unsaved: Revocation[] = [];

  constructor(storage: Storage | undefined, { strict }: RevocationsOptions) {
    this.#storage = storage;
    this.lineage = strict ? new Lineage() : undefined;
    for (const { level, target } of storage?.loadRevocations() ?? []) {
      this.#targets[level].add(target);
    }
  }

  add(level: RevocationLevel, target: string): void {
    if (level === 'token') this.lineage?.end(target);
    this.#keep(level, target);
  }

  /** Another token takes the place of this one: what was delegated from it goes on. */
  supersede(jti: string): void {
    this.#keep('token', jti);
  }

  hit(claims: Claims): boolean {
    const { token, agent, task, chain } = this.#targets;
    // Only the first record counts: a middle delegator matches nothing (protocol §6.3).
    const root = claims.delegation_chain[0]?.agent;
    return (
      token.has(claims.jti) ||
      agent.has(claims.sub) ||
      (claims.task_id !== undefined && task.has(claims.task_id)) ||
      (root !== undefined && chain.has(root)) ||
      (this.lineage !== undefined && this.#hasDeadOrigin(claims, this.lineage))
    );
  }

  #hasDeadOrigin({ jti, delegation_chain: chain }: Claims, lineage: Lineage): boolean {
    return lineage.isOrphan(jti) || chain.some(({ agent }) => this.#targets.agent.has(agent));
  }

  /** Tries once more to save what the storage could not take before. */
  save(): void {
    const waiting = this.#unsaved;
    this.#unsaved = [];
    for (const [index, revocation] of waiting.entries()) {
      try {
        this.#storage?.insertRevocation(revocation);
      } catch {
        // It holds for as long as the broker runs, and the storage has reported its fault (protocol §6.2).
        this.#unsaved = waiting.slice(index);
        return;
      }
    }
  }

  #keep(level: RevocationLevel, target: string): void {
    this.#targets[level].add(target);
    if (this.#storage === undefined) return;
    this.#unsaved.push({ level, target });
    this.save();
  }
}
