// What happened with one scope in → what is remembered of it out.

import type { DecisionEvent } from '@agentwrit/protocol';
import { DistinctTexts } from './distinct-texts.js';
import { compareTexts, MAX_TEXT } from './scope-book.js';
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
}

/** A scope that requests needed and were let in with. */
export interface UseTally {
  /** It was held as it is. */
  exact: number;
  /** A wildcard was held. */
  wide: number;
}

// For a person to look at; counts go on.
const MAX_ROUTES = 10;
const MAX_AGENTS = 100;

/** Scopes that a request needed and did not hold. */
export class DenialTally {
  readonly span: TimeSpan = new TimeSpan();
  readonly agents: DistinctTexts = new DistinctTexts(MAX_AGENTS);
  readonly routes: DistinctTexts = new DistinctTexts(MAX_ROUTES);
  readonly timeline: TimeBuckets = new TimeBuckets();
  count = 0;
  #lastRequestId: string | undefined;

  add({ time, requestId, agentId, method, route }: DecisionEvent): void {
    this.count += 1;
    this.#noteRequest(requestId.slice(0, MAX_TEXT), time);
    this.span.add(time);
    this.timeline.add(time);
    if (agentId !== undefined) this.agents.add(agentId.slice(0, MAX_TEXT));
    if (route !== undefined) this.routes.add(`${method} ${route}`.slice(0, MAX_TEXT));
  }

  addAll(other: DenialTally): void {
    this.count += other.count;
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
    if (isLater) this.#lastRequestId = requestId;
  }
}
