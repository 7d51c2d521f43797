// A request that arrives at a route in → what the steps of its decision share, out.

import type { Limit } from './freshness.js';
import type { RequestFacts } from './request-facts.js';
import { requestIdOf } from './request-id.js';
import type { Route } from './route.js';

/** One request at one route. */
export class Visit<Request> {
  readonly facts: RequestFacts<Request>;
  readonly route: Route<Request>;
  /** When it arrived, and how old a validation it may be decided on. A copy: the guard's is good for a moment. */
  readonly limit: Limit;
  #requestId: string | undefined;

  constructor(facts: RequestFacts<Request>, route: Route<Request>, limit: Limit) {
    this.facts = facts;
    this.route = route;
    this.limit = { ...limit };
  }

  /** The caller's own where it is fit to be passed on; made up once, and only when somebody asks. */
  get requestId(): string {
    this.#requestId ??= requestIdOf(readFact(() => this.facts.requestId));
    return this.#requestId;
  }
}

/** Something that is only told: a request that cannot say it is decided all the same. */
export function readFact<Fact>(read: () => Fact): Fact | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
