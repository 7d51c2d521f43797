// Whatever listRequirements() calls guarded, nobody reaches without credentials: over many random applications.

import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { listRequirements } from '@agentwrit/express';
import type { ErrorRequestHandler, Express, RequestHandler, Router } from 'express';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requireScope, versions } from './apps.js';

const guard = requireScope('read:data:1');
const goOn: RequestHandler = (_req, _res, next) => next();
const fail: RequestHandler = (_req, _res, next) => next(new Error('before the guard'));
const skip: RequestHandler = (_req, _res, next) => next('route');
const forgive: ErrorRequestHandler = (_error, _req, _res, next) => next();
type Step = 'guard' | 'goOn' | 'fail' | 'skip' | 'forgive';
type Handler = RequestHandler | ErrorRequestHandler;
const steps: Readonly<Record<Step, Handler>> = { guard, goOn, fail, skip, forgive };

type Part =
  | { kind: 'use'; path: string | RegExp | string[]; step: Step }
  | {
      kind: 'route';
      path: string | RegExp;
      how: 'get' | 'all';
      before: Step[];
      isGuardedAfter: boolean;
    }
  | { kind: 'router'; path: string | RegExp | string[]; isCaseSensitive: boolean; parts: Part[] };

// What both versions understand, and what only one does.
const PATHS = [
  '/',
  '/a',
  '/a/b',
  '/A/',
  '/:x',
  '/a/:x',
  '/a/:x/b',
  '/a.:x',
  '/a-:x',
  /^\/a/,
  /^\/a\/(.*)$/i,
];
const PATHS_OF: Record<string, (string | RegExp)[]> = {
  'Express 5': ['/a{/:x}', '/a/{b/}:x', '/a/*rest', '/{*rest}', '/a*rest', '{/a}/b'],
  'Express 4': [
    '*',
    '/a*',
    '/a/*',
    '/a/:x?',
    '/a/:x?/b',
    '/a?b',
    '/a/?b',
    '/a|/b',
    '/a/:x(b)?',
    '/a/.:x',
    '(/a)?/b',
  ],
};
const MOUNTS = ['/', '/', '/a', '/a/', '/a/b', '/A/b', '/:x', '/a/:x', /^\/a/, /a/i, ['/a', '/b']];

function partsOf(version: string): fc.Arbitrary<Part[]> {
  const step = fc.constantFrom<Step>('guard', 'guard', 'guard', 'goOn', 'fail', 'skip', 'forgive');
  const path = fc.oneof(
    fc.constantFrom('/a', '/a/b', '/a/:x'),
    fc.constantFrom(...PATHS, ...(PATHS_OF[version] ?? [])),
  );
  const mount = fc.oneof(
    fc.constantFrom('/', '/a', /^\/a(?!\/b)/i),
    fc.constantFrom(...MOUNTS, ...(PATHS_OF[version] ?? [])),
  );
  return fc.letrec<{ parts: Part[]; part: Part }>((tie) => ({
    parts: fc.array(tie('part'), { minLength: 1, maxLength: 5 }),
    part: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      fc.record({ kind: fc.constant('use' as const), path: mount, step }),
      fc.record({
        kind: fc.constant('route' as const),
        path,
        how: fc.constantFrom('get' as const, 'all' as const),
        before: fc.array(step, { maxLength: 3 }),
        isGuardedAfter: fc.boolean(),
      }),
      fc.record({
        kind: fc.constant('router' as const),
        path: mount,
        isCaseSensitive: fc.boolean(),
        parts: tie('parts'),
      }),
    ),
  })).parts;
}

/** Builds them, with a handler for each route that notes its number: that of its entry in the list. */
function build(
  into: Router,
  parts: readonly Part[],
  makeRouter: (isCaseSensitive: boolean) => Router,
  reached: Set<number>,
  count = { routes: 0 },
): void {
  for (const part of parts) {
    if (part.kind === 'use') into.use(part.path, steps[part.step]);
    else if (part.kind === 'router') {
      const router = makeRouter(part.isCaseSensitive);
      build(router, part.parts, makeRouter, reached, count);
      into.use(part.path, router);
    } else {
      const number = count.routes;
      count.routes += 1;
      const handler: RequestHandler = (_req, _res, next) => {
        reached.add(number);
        // On, so that one request shows every route that it can reach.
        next();
      };
      const chain: readonly Handler[] = [
        ...part.before.map((name) => steps[name]),
        handler,
        ...(part.isGuardedAfter ? [guard] : []),
      ];
      into[part.how](part.path, ...chain);
    }
  }
}

const SEGMENTS = ['a', 'A', 'b', 'a.b', 'a-b', 'ab', '.', ''];
const TARGETS = [
  '/',
  ...SEGMENTS.flatMap((one) => [
    `/${one}`,
    `/${one}/`,
    ...SEGMENTS.flatMap((two) => [`/${one}/${two}`, `/${one}/${two}/b`, `/a/${one}/${two}/`]),
  ]),
  '/a./b',
  '//a',
  'http://localhost/a/b',
];

/** Without a socket; settled when somebody has answered, or nobody was left to. */
async function request(app: Express, target: string): Promise<void> {
  const req = new IncomingMessage(new Socket());
  Object.assign(req, { method: 'GET', url: target });
  const res = new ServerResponse(req);
  await new Promise<void>((resolve) => {
    res.end = () => {
      resolve();
      return res;
    };
    const handle = app as unknown as (...args: unknown[]) => void;
    handle(req, res, () => resolve());
  });
}

describe.each(versions)('listRequirements of $name', ({ name, express }) => {
  it('never calls a route guarded that can be reached without credentials', async () => {
    let guarded = 0;
    await fc.assert(
      fc.asyncProperty(partsOf(name), fc.boolean(), async (parts, isCaseSensitive) => {
        const app = express().set('case sensitive routing', isCaseSensitive);
        const reached = new Set<number>();
        build(app, parts, (caseSensitive) => express.Router({ caseSensitive }), reached);
        const listed = listRequirements(app);
        for (const target of TARGETS) await request(app, target);
        for (const [number, { path, needs }] of listed.entries()) {
          if (needs.length === 0) continue;
          guarded += 1;
          expect(reached.has(number), `${number}: ${path} of ${JSON.stringify(listed)}`).toBe(
            false,
          );
        }
      }),
      { numRuns: 250 },
    );
    expect(guarded).toBeGreaterThan(50);
  });
});
