// Revocations the guard has been told of in → must this verdict be asked for again? out.
//
// A tombstone does not refuse a token: it voids what was asked before it, and the broker has the last word.
// So an agent that was renewed or registered again is not locked out, and a revocation that was told by
// mistake costs one question.

import type { Claims, RevocationLevel } from '@agentwrit/protocol';
import type { Moment } from './clock.js';

export interface Revocation {
  readonly level: RevocationLevel;
  /** `jti`, agent id, task id, or the id of the first delegator, by level (protocol §6.1). */
  readonly target: string;
  /** One token the revocation does not touch: what a renewal has just put in place of the others. */
  readonly exceptTokenId?: string;
}

interface Tombstone {
  /** Voids every verdict of its target that was asked for up to here, in {@link Moment.order}. */
  readonly all: number;
  /** Voids those up to here, too, but for one token's. */
  readonly others: number;
  readonly exceptTokenId: string | undefined;
  /** Of the last revocation; monotonic milliseconds. */
  readonly at: number;
}

export interface TombstonesOptions {
  /** More than these, and everything is void instead. */
  readonly maxEntries: number;
}

export class Tombstones {
  // In order of the last revocation, so that the oldest is first.
  readonly #entries: Readonly<Record<RevocationLevel, Map<string, Tombstone>>> = {
    token: new Map(),
    agent: new Map(),
    task: new Map(),
    chain: new Map(),
  };
  readonly #maxEntries: number;
  #voidUntil = -Infinity;
  /** Of all levels: asked for on every request. */
  #size = 0;

  constructor({ maxEntries }: TombstonesOptions) {
    this.#maxEntries = maxEntries;
  }

  get size(): number {
    return this.#size;
  }

  /** @param told when the guard was told */
  add({ level, target, exceptTokenId }: Revocation, told: Moment): void {
    const tombstones = this.#entries[level];
    const before = tombstones.get(target);
    tombstones.delete(target);
    tombstones.set(target, combined(before, exceptTokenId, told));
    this.#count();
    if (this.size > this.#maxEntries) this.voidAll(told);
  }

  /** Every verdict asked for up to that moment is void. */
  voidAll({ order }: Moment): void {
    this.#voidUntil = Math.max(this.#voidUntil, order);
    for (const tombstones of Object.values(this.#entries)) {
      // What was told after that moment still counts on its own.
      for (const [target, { others }] of tombstones) if (others <= order) tombstones.delete(target);
    }
    this.#count();
  }

  /**
   * Forgets what can no longer matter.
   *
   * @param oldest no verdict asked for before this can ever be used; monotonic milliseconds
   */
  prune(oldest: number): void {
    for (const tombstones of Object.values(this.#entries)) {
      for (const [target, { at, others }] of tombstones) {
        if (at >= oldest) break;
        tombstones.delete(target);
        // Whoever could still use a verdict from before it, after all, may not.
        this.#voidUntil = Math.max(this.#voidUntil, others);
      }
    }
    this.#count();
  }

  /** Whether a verdict about a token with these claims stands that was asked for at that {@link Moment.order}. */
  spares(claims: Claims, order: number): boolean {
    return order > (this.#size === 0 ? this.#voidUntil : this.voidUntil(claims));
  }

  /**
   * Up to which moment's `order` verdicts about a token with these claims are void: something the guard was
   * told of then may have ended it. `-Infinity` when there is nothing.
   */
  voidUntil(claims: Claims): number {
    const { token, agent, task, chain } = this.#entries;
    const { jti, sub, task_id: taskId, delegation_chain: links } = claims;
    let until = Math.max(
      this.#voidUntil,
      voidOf(token.get(jti), jti),
      voidOf(agent.get(sub), jti),
      // Only the first record counts (protocol §6.1).
      voidOf(chain.get(links[0]?.agent ?? ''), jti),
      voidOf(task.get(taskId ?? ''), jti),
    );
    // The protocol leaves a token alive when a delegator of it is revoked; a strict broker does not.
    for (const link of links) until = Math.max(until, voidOf(agent.get(link.agent), jti));
    return until;
  }

  #count(): void {
    const { token, agent, task, chain } = this.#entries;
    this.#size = token.size + agent.size + task.size + chain.size;
  }
}

function combined(
  before: Tombstone | undefined,
  exceptTokenId: string | undefined,
  { order, at }: Moment,
): Tombstone {
  if (exceptTokenId === undefined) return { all: order, others: order, exceptTokenId, at };
  const { all = -Infinity, others = -Infinity } = before ?? {};
  // What an earlier renewal spared is no longer spared; to the one that is now, its time counts in full.
  const isSame = before === undefined || before.exceptTokenId === exceptTokenId;
  return { all: isSame ? all : Math.max(all, others), others: order, exceptTokenId, at };
}

function voidOf(tombstone: Tombstone | undefined, tokenId: string): number {
  if (tombstone === undefined) return -Infinity;
  return tokenId === tombstone.exceptTokenId ? tombstone.all : tombstone.others;
}
