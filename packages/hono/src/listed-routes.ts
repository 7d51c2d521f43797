// An app in → its routes, in the order of registration, and what a caller needs for each, out.

import { assertGuarded as assertAllGuarded, type ListedRoute, listRoute } from '@agentwrit/core';
import { type Entry, readEntries, type RoutedApp } from './app-entries.js';
import { surelyCovers } from './route-patterns.js';
import { SampleRequests } from './sample-requests.js';

/**
 * Every route of an app and what a caller needs for it, in the order of registration. A guard counts where
 * it was registered before the handler, for the same method or all, and for the same pattern, `*` or a
 * `/prefix/*` of it. A route in whose place an earlier one answers has the needs of that one.
 *
 * @throws TypeError when it is not a Hono app
 */
export function listRequirements(app: RoutedApp): readonly ListedRoute[] {
  const entries = readEntries(app);
  const answers = entries.filter(({ isAnswer }) => isAnswer);
  const requests = new SampleRequests<Entry>();
  const listed = new Map<string, ListedRoute>();
  for (const entry of answers) {
    const { method, path } = entry;
    const name = `${method} ${path}`;
    // Of several handlers for the same requests the first one answers them.
    if (listed.has(name)) continue;
    requests.add(entry);
    const first = firstOf(answers, comingFirst(entry, requests)) ?? entry;
    const passed = entries.slice(0, entries.indexOf(first) + 1);
    const covering = passed.filter((earlier) => surelyCovers(earlier, entry));
    const handlers = covering.map(({ handler }) => handler);
    listed.set(name, listRoute(method, path, handlers));
  }
  return [...listed.values()];
}

/**
 * What answers in the place of an entry, of those added so far: none, if one of its requests gets to it on
 * every router.
 */
function comingFirst(entry: Entry, requests: SampleRequests<Entry>): ReadonlySet<Entry> {
  const others = new Set<Entry>();
  for (const request of requests.meet(entry)) {
    const firsts = request.flatMap((met) => met.slice(0, 1));
    if (firsts.length > 0 && firsts.every((first) => first === entry)) return new Set();
    for (const first of firsts) others.add(first);
  }
  return others;
}

function firstOf(entries: readonly Entry[], some: ReadonlySet<Entry>): Entry | undefined {
  return entries.find((entry) => some.has(entry));
}

/**
 * Deny by default: call it when all routes are registered.
 *
 * @throws Error naming every route that has neither a guard that can be seen nor `publicRoute()`
 * @example
 * assertGuarded(app);
 */
export function assertGuarded(app: RoutedApp): void {
  assertAllGuarded(listRequirements(app));
}
