// What happened with one scope in → what is remembered of it out.

import type { DecisionEvent } from '@agentwrit/protocol';
import { DistinctTexts } from './distinct-texts.js';
import { copyOf, FirstTexts } from './first-texts.js';
import { type TallyKind } from './scope-book.js';
import { compareTexts } from './text-order.js';
import { TimeBuckets } from './time-buckets.js';
import { TimeSpan } from './time-span.js';

/** A scope that was granted. */
export class GrantTally {
  readonly span: TimeSpan = new TimeSpan();
  uses = 0;

  use(time: number): void {
    this.uses += 1;
    this.span.add(time);
  }

  addAll(other: GrantTally): void {
    this.uses += other.uses;
    this.span.addAll(other.span);
  }
}

/** A scope that requests needed and were let in with. */
export interface UseTally {
  /** It was held as it is. */
  exact: number;
  /** A wildcard was held. */
  wide: number;
}

export const GRANTS: TallyKind<GrantTally> = {
  create: () => new GrantTally(),
  merge: (into, from) => into.addAll(from),
};

export const USES: TallyKind<UseTally> = {
  create: () => ({ exact: 0, wide: 0 }),
  merge(into, from) {
    into.exact += from.exact;
    into.wide += from.wide;
  },
};

// For a person to look at; counts go on.
const MAX_ROUTES = 10;
const MAX_ROUTE_TEXT = 200;
// As long as a guard lets one be.
const MAX_REQUEST_ID = 128;
const MAX_AGENTS = 50;

/** Scopes that a request needed and did not hold. */
export class DenialTally {
  readonly span: TimeSpan = new TimeSpan();
  readonly agents: DistinctTexts = new DistinctTexts(MAX_AGENTS);
  readonly routes: FirstTexts = new FirstTexts(MAX_ROUTES, MAX_ROUTE_TEXT);
  readonly timeline: TimeBuckets = new TimeBuckets();
  count = 0;
  /** Of delegates. */
  delegated = 0;
  #lastRequestId: string | undefined;

  add({ time, requestId, agentId, method, route, delegationDepth = 0 }: DecisionEvent): void {
    this.count += 1;
    if (delegationDepth > 0) this.delegated += 1;
    this.#noteRequest(requestId, time);
    this.span.add(time);
    this.timeline.add(time);
    if (agentId !== undefined) this.agents.add(agentId);
    if (route !== undefined) this.routes.add(`${method} ${route}`);
  }

  addAll(other: DenialTally): void {
    this.count += other.count;
    this.delegated += other.delegated;
    if (other.#lastRequestId !== undefined) {
      this.#noteRequest(other.#lastRequestId, other.span.last);
    }
    this.span.addAll(other.span);
    this.timeline.addAll(other.timeline);
    this.agents.addAll(other.agents);
    this.routes.addAll(other.routes);
  }

  get lastRequestId(): string | undefined {
    return this.#lastRequestId;
  }

  // Before the span knows of it. Of several at the same time always the same one.
  #noteRequest(requestId: string, time: number): void {
    const isLater =
      this.#lastRequestId === undefined ||
      time > this.span.last ||
      (time === this.span.last && compareTexts(requestId, this.#lastRequestId) > 0);
    if (isLater) this.#lastRequestId = copyOf(requestId, MAX_REQUEST_ID);
  }
}

export const DENIALS: TallyKind<DenialTally> = {
  create: () => new DenialTally(),
  merge: (into, from) => into.addAll(from),
};
