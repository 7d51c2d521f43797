// A Hono app in → what is registered in it, in that order, and which of it answers requests, out.

import { markOf } from '@agentwrit/core';
import { Hono } from 'hono';
import { findTargetHandler, isMiddleware } from 'hono/utils/handler';
import { type Pattern, surelyCovers } from './route-patterns.js';
import { SampleRequests } from './sample-requests.js';

/** An app, whatever its types. */
export type RoutedApp = Pick<Hono, 'routes'>;

/** One handler or middleware, with the pattern it was registered for. */
export interface Entry extends Pattern {
  /** As the program gave it. */
  readonly handler: ReturnType<typeof findTargetHandler>;
  /** Whether requests end here. Middleware lets them on. */
  readonly isAnswer: boolean;
}

/** @throws TypeError when it is not a Hono app */
export function readEntries({ routes }: RoutedApp): readonly Entry[] {
  if (!Array.isArray(routes)) throw new TypeError('"app" must be a Hono app');
  const mounted = mountedHandler();
  const answers: Pattern[] = [];
  // From the end: what comes after a middleware says whether it is one.
  const reversed = routes.toReversed().map(({ method, path, handler: registered }): Entry => {
    // What an app with an onError() of its own has wrapped.
    const handler = findTargetHandler(registered);
    const pattern = { method, path };
    const isAnswer =
      // Hono tells them apart by the second parameter as well.
      !isMiddleware(handler) ||
      String(handler) === mounted ||
      // serveStatic() and upgradeWebSocket() have one, but nothing behind them.
      (markOf(handler) === undefined && !leadsOn(pattern, answers));
    if (isAnswer) answers.unshift(pattern);
    return { ...pattern, handler, isAnswer };
  });
  return reversed.toReversed();
}

function leadsOn(middleware: Pattern, after: readonly Pattern[]): boolean {
  const requests = new SampleRequests();
  requests.add(middleware);
  return after.some((pattern) => {
    if (surelyCovers(middleware, pattern)) return true;
    for (const met of requests.meet(pattern)) if (met.flat().length > 0) return true;
    return false;
  });
}

// app.mount() registers one and the same function each time, closed over the program's; nothing else tells it.
function mountedHandler(): string {
  return String(new Hono().mount('/', () => new Response()).routes[0]?.handler);
}
