// One line of the guard's source each, right and wrong → the bugs that the model must see.

import type { Edit } from './spoiled-guard.js';

export interface PlantedBug extends Edit {
  readonly name: string;
  /** Seen only where there is a feed. */
  readonly feed?: true;
  /** Seen only where requests do nothing for each other. */
  readonly inWorker?: true;
}

export const BUGS: readonly PlantedBug[] = [
  {
    name: 'a verdict is used although a revocation was told while it travelled',
    file: 'verdicts.ts',
    right: 'if (!verdict.valid || this.#stands(verdict)) return verdict;',
    wrong: 'return verdict;',
  },
  {
    name: 'a verdict that comes in after a revocation is remembered and used',
    file: 'verdicts.ts',
    right: 'isWithin(verdict.asked, limit) && this.#stands(verdict)',
    wrong: 'isWithin(verdict.asked, limit)',
  },
  {
    name: 'a verdict is used although the broker has given a newer one',
    file: 'verdicts.ts',
    right: 'return verdict.isCurrent && ',
    wrong: 'return ',
  },
  {
    name: 'exp is left to the broker',
    file: 'judgement.ts',
    right: 'return !(Math.floor(now / 1000) <= claims.exp);',
    wrong: 'return false;',
  },
  {
    name: 'age counts from the answer, not from the question',
    file: 'verdicts.ts',
    right: '{ valid: true, identity: identify(answer.claims), asked }',
    wrong:
      '{ valid: true, identity: identify(answer.claims), asked: { ...asked, ...this.#timeline.now() } }',
  },
  {
    name: 'any question under way is joined, however old',
    file: 'verdicts.ts',
    right: 'running && isWithin(running.asked, limit) && running.asked.order > after',
    wrong: 'running && running.asked.order > after',
  },
  {
    name: 'a refusal is forgotten when a newer question is under way',
    file: 'verdicts.ts',
    right: 'else if (!verdict.valid) this.#known.delete(digest);',
    wrong: '',
  },
  {
    name: 'a late answer to an older question replaces that to a newer one',
    file: 'questions.ts',
    right: 'if (newest.get(digest) !== question) return false;',
    wrong: '',
  },
  {
    name: 'verdicts age as slowly with a feed that is behind',
    file: 'freshness.ts',
    right:
      'return short === undefined || this.#isFedAt(now) ? maxAgeMs : Math.min(maxAgeMs, short);',
    wrong: 'return maxAgeMs;',
    feed: true,
  },
  {
    name: 'a feed that is lost still counts',
    file: 'revocation-feed.ts',
    right: 'effects.lost();',
    wrong: '',
    feed: true,
  },
  {
    name: 'what was asked before the feed was in step is kept',
    file: 'revocation-feed.ts',
    right: 'if (!isInStep) effects.voidBefore(before);',
    wrong: '',
    feed: true,
  },
  {
    name: 'a feed that gets in step forgets what it has told meanwhile',
    file: 'tombstones.ts',
    right:
      'for (const [target, { others }] of tombstones) if (others <= order) tombstones.delete(target);',
    wrong: 'tombstones.clear();',
    feed: true,
  },
  {
    name: 'a renewal spares every token of its agent',
    file: 'tombstones.ts',
    right: 'return tokenId === tombstone.exceptTokenId ? tombstone.all : tombstone.others;',
    wrong: 'return tombstone.all;',
  },
  {
    name: 'a renewal undoes an earlier revocation',
    file: 'tombstones.ts',
    right:
      'return { all: isSame ? all : Math.max(all, others), others: order, exceptTokenId, at };',
    wrong: 'return { all: -Infinity, others: order, exceptTokenId, at };',
  },
  {
    name: 'revocations that were let go are not missed by a route that tolerates more',
    file: 'tombstones.ts',
    right: 'this.#voidUntil = Math.max(this.#voidUntil, others);',
    wrong: '',
  },
  {
    name: 'revocations are let go as soon as any other is told',
    file: 'authority.ts',
    right: 'tombstones.prune(told.at - horizonMs);',
    wrong: 'tombstones.prune(told.at);',
  },
  {
    name: 'the end of a delegation chain is taken for its root',
    file: 'tombstones.ts',
    right: "voidOf(chain.get(links[0]?.agent ?? ''), jti)",
    wrong: 'voidOf(chain.get(sub), jti)',
  },
  {
    name: 'age is counted on the wall clock',
    file: 'clock.ts',
    right: 'into.at = this.#clock.monotonic();',
    wrong: 'into.at = this.#clock.now();',
  },
  {
    name: 'a fault is taken for a refusal',
    file: 'broker-answer.ts',
    right: 'if (answer.status !== 200) {',
    wrong: 'if (answer.status !== 200) { return { valid: false, error: "" };',
  },
  {
    name: 'a refusal is taken for a fault',
    file: 'verdicts.ts',
    right: 'if (!verdict.valid || this.#stands(verdict)) return verdict;',
    wrong:
      'if (!verdict.valid) throw new BrokerFault("timeout", ""); if (this.#stands(verdict)) return verdict;',
  },
  {
    name: 'a refusal is remembered for good',
    file: 'refused-tokens.ts',
    right: 'isWithin(token.asked, { ...limit, ageMs: REMEMBERED_MS }) ? token : undefined',
    wrong: 'token',
  },
  {
    name: 'a refusal is remembered by routes that always ask',
    file: 'refused-tokens.ts',
    right: 'if (token === undefined || !isWithin(token.asked, limit)) return undefined;',
    wrong: 'if (token === undefined) return undefined;',
  },
  {
    name: 'grace has no end',
    file: 'freshness.ts',
    right: 'this.#ageMs(maxAgeMs, now) + graceMs',
    wrong: '1e9',
  },
  {
    name: 'requests that come together ask one by one',
    file: 'verdicts.ts',
    right: 'const question = joins ? running :',
    wrong: 'const question =',
  },
  {
    name: 'a late answer to an older question replaces that to a newer one, of another request',
    file: 'questions.ts',
    right: 'if (newest.get(digest) !== asked) return false;',
    wrong: '',
    inWorker: true,
  },
  {
    name: 'credentials that look alike are taken for the same',
    file: 'seen-texts.ts',
    right: 'if (entry === undefined || entry.text !== text) return undefined;',
    wrong: 'if (entry === undefined) return undefined;',
  },
  {
    name: 'a request in a Worker waits for what another has asked',
    file: 'sharing.ts',
    right: 'questions: separateQuestions(options),',
    wrong: 'questions: sharedQuestions(),',
    inWorker: true,
  },
  {
    name: 'a Worker asks ahead of need',
    file: 'sharing.ts',
    right: 'maxRefreshes: 0,',
    wrong: 'maxRefreshes: 1,',
    inWorker: true,
  },
];
