// listRequirements() against what running apps do: many small apps, on every router that Hono has.

import { listRequirements } from '@agentwrit/hono';
import fc from 'fast-check';
import { Hono } from 'hono';
import { Hono as QuickHono } from 'hono/quick';
import { UnsupportedPathError } from 'hono/router';
import { LinearRouter } from 'hono/router/linear-router';
import { PatternRouter } from 'hono/router/pattern-router';
import { RegExpRouter } from 'hono/router/reg-exp-router';
import { TrieRouter } from 'hono/router/trie-router';
import { Hono as TinyHono } from 'hono/tiny';
import { describe, expect, it } from 'vitest';
import { build, type Plan, plans } from './random-apps.js';

const ROUTERS: readonly { readonly name: string; readonly create: () => Hono['router'] }[] = [
  { name: 'the default', create: () => new Hono().router },
  { name: 'hono/quick', create: () => new QuickHono().router },
  { name: 'hono/tiny', create: () => new TinyHono().router },
  { name: 'RegExpRouter', create: () => new RegExpRouter() },
  { name: 'TrieRouter', create: () => new TrieRouter() },
  { name: 'LinearRouter', create: () => new LinearRouter() },
  { name: 'PatternRouter', create: () => new PatternRouter() },
];

const METHODS = ['GET', 'HEAD', 'POST', 'OPTIONS', 'PURGE'];
const PATHS = (
  '/ /a /a/ /b /a/b /a/b/c /a/7 /7 /7/b /z /z/b /z/z/z /ab /ab/c ' +
  '/%61 /%61/b //a /a//b /z%0Az /a/%2e%2e/b /A/b'
).split(' ');

/** The routes that nobody enters without a credential, by what is listed of them. */
function guardedIn(app: Hono): Set<string> {
  const guarded = listRequirements(app).filter(({ needs }) =>
    needs.some(({ isOptional }) => !isOptional),
  );
  return new Set(guarded.map(({ method, path }) => `${method} ${path}`));
}

/** A request of a route's own. `ALL` is asked with a method that only it serves. */
function requestOf(route: string): Request {
  const [method = '', pattern = ''] = route.split(' ');
  const path = pattern
    .replace('{[0-9]+}', '')
    .replaceAll(/:n\b/g, '4242')
    .replaceAll(/:\w+\??/g, 'zz9')
    .replace(/\*$/, 'zz9/zz9/zz9')
    .replaceAll('*', 'zz9');
  return new Request(`http://localhost${path}`, { method: method === 'ALL' ? 'PURGE' : method });
}

describe.each(ROUTERS)('what is listed of an app on $name', ({ create }) => {
  /** Runs what is to hold on each app that this router can serve. */
  async function holds(property: (app: Hono) => Promise<void>): Promise<number> {
    let served = 0;
    const isServed = async (plan: Plan): Promise<void> => {
      try {
        await property(build(plan, create()));
        served += 1;
      } catch (error) {
        // Some routers cannot serve some patterns, and say so, a few of them only when they meet one.
        if (!(error instanceof UnsupportedPathError)) throw error;
      }
    };
    await fc.assert(fc.asyncProperty(plans, isServed), { numRuns: 300 });
    return served;
  }

  it('is never guarded where somebody without a credential gets in', async () => {
    const served = await holds(async (app) => {
      const guarded = guardedIn(app);
      for (const path of PATHS) {
        for (const method of METHODS) {
          const answer = await app.request(path, { method });
          const entered = answer.headers.get('x-route');
          if (entered === null) continue;
          expect(guarded, `${method} ${path} was let in`).not.toContain(entered);
        }
      }
    });
    expect(served).toBeGreaterThan(10);
  });

  it('is guarded only where requests of the route itself are refused', async () => {
    let guards = 0;
    await holds(async (app) => {
      for (const route of guardedIn(app)) {
        guards += 1;
        const answer = await app.request(requestOf(route));
        expect(answer.status, route).toBe(401);
      }
    });
    expect(guards).toBeGreaterThan(10);
  });
});
