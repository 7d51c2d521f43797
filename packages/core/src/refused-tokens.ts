// Tokens the broker has just refused in → refused again without asking, for a moment, out. A bound of their
// own, so that garbage cannot push good verdicts out.

import { LRUCache } from 'lru-cache';
import type { Moment } from './clock.js';
import { isWithin, type Limit } from './freshness.js';
import { decodeTokenPart } from './prefilter.js';

export interface RefusedToken {
  readonly asked: Moment;
}

const MAX_ENTRIES = 1000;

// A refused token stays refused, but for reasons nobody here can see: a database that was restored, say.
const REMEMBERED_MS = 5000;

export class RefusedTokens {
  readonly #tokens = new LRUCache<string, RefusedToken>({ max: MAX_ENTRIES });

  get size(): number {
    return this.#tokens.size;
  }

  recall(digest: string, limit: Limit): RefusedToken | undefined {
    const token = this.#tokens.get(digest);
    if (token === undefined || !isWithin(token.asked, limit)) return undefined;
    return isWithin(token.asked, { ...limit, ageMs: REMEMBERED_MS }) ? token : undefined;
  }

  /** Not a token that may become good within that time: one whose `nbf` is still to come, or only just was. */
  remember(digest: string, token: string, asked: Moment): void {
    const nbf = decodeTokenPart(token.split('.', 2)[1] ?? '')?.['nbf'];
    // The broker's clock may be behind this one, as far as the time a refusal is remembered for.
    const isYoung = typeof nbf === 'number' && !(nbf * 1000 < asked.wall - REMEMBERED_MS);
    if (!isYoung) this.#tokens.set(digest, { asked });
  }

  forget(digest: string): void {
    this.#tokens.delete(digest);
  }

  clear(): void {
    this.#tokens.clear();
  }
}
