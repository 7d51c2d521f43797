// An Authorization value that has come before → the digest of its token and the verdict that it led to, without working
// them out again, out. It saves most of what a request costs, and decides nothing: whether the verdict may still be used
// is looked at all the same.

import { unref } from './background-timer.js';
import type { Known } from './verdicts.js';

/** What a guard knows of the texts that requests have brought. */
export interface SeenTexts {
  readonly find: (text: string) => Seen | undefined;
  /** Only texts whose token the broker has vouched for: nobody else's fill the memory. */
  readonly remember: (text: string, digest: string, verdict: Known) => void;
  readonly clear: () => void;
}

/** A text, and what its token has led to: a way there, for whoever looks whether that is still good. */
export interface Seen {
  readonly text: string;
  readonly digest: string;
  readonly verdict: Known;
  /** Whether it was used since the last round: to be set by who uses it. */
  isInUse: boolean;
}

// About 800 bytes each. Whoever comes when they are all in use has its digest worked out.
const MAX_TEXTS = 2_000;

// A text is kept while requests bring it, and then for two of these at most: a dump of the memory has no more of
// them than it has of the requests themselves.
const ROUND_MS = 1_000;

export function rememberedTexts(): SeenTexts {
  const seen = new Map<number, Seen>();
  let rounds: ReturnType<typeof setInterval> | undefined;

  function clear(): void {
    seen.clear();
    clearInterval(rounds);
    rounds = undefined;
  }

  function forgetUnused(): void {
    for (const [mark, entry] of seen) {
      if (!entry.isInUse) seen.delete(mark);
      entry.isInUse = false;
    }
    if (seen.size === 0) clear();
  }

  return {
    find(text) {
      const entry = seen.get(markOf(text));
      // The whole text counts. How long the comparison takes tells nobody anything: without the end of a signature
      // there is none.
      if (entry === undefined || entry.text !== text) return undefined;
      return entry;
    },
    remember(text, digest, verdict) {
      const mark = markOf(text);
      if (seen.size >= MAX_TEXTS && !seen.has(mark)) return;
      seen.set(mark, { text, digest, verdict, isInUse: true });
      if (rounds === undefined) {
        rounds = setInterval(forgetUnused, ROUND_MS);
        unref(rounds);
      }
    },
    clear,
  };
}

/** Where nothing may go on between requests: nobody would forget the texts. */
export const NOTHING_SEEN: SeenTexts = {
  find: () => undefined,
  remember: () => undefined,
  clear: () => undefined,
};

// The end of a token is the end of its signature: as good as random, and no two tokens in use share it. Those that
// do take turns.
const MARKED = 8;

function markOf(text: string): number {
  const { length } = text;
  let mark = length;
  for (let index = Math.max(0, length - MARKED); index < length; index += 1) {
    mark = (Math.imul(mark, 31) + text.charCodeAt(index)) | 0;
  }
  return mark;
}
