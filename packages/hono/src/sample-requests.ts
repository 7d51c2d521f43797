// Patterns, and one of them → which of them requests made up for that one meet, in their order.

import { type Router, UnsupportedPathError } from 'hono/router';
import { PatternRouter } from 'hono/router/pattern-router';
import { TrieRouter } from 'hono/router/trie-router';
import { type Pattern, samplePaths } from './route-patterns.js';

/** Some of an app's patterns on routers of their own: asked once, the app's takes no more routes. */
export class SampleRequests<Kind extends Pattern> {
  // The strictest of Hono's routers and the one that matches most, as with a slash at the end: apps may run on any.
  readonly #routers: readonly Router<Kind>[] = [new TrieRouter(), new PatternRouter()];

  add(pattern: Kind): void {
    for (const router of this.#routers) {
      try {
        router.add(pattern.method, pattern.path, pattern);
      } catch (error) {
        if (!(error instanceof UnsupportedPathError)) throw error;
      }
    }
  }

  /** For each request what it meets, on each router; one by one, as the first mostly does. */
  *meet({ method, path }: Pattern): Generator<readonly (readonly Kind[])[]> {
    for (const sample of samplePaths(path)) {
      yield this.#routers.map((router) =>
        router.match(method, sample)[0].map(([pattern]) => pattern),
      );
    }
  }
}
