// Random plans of small apps → the apps, built on any of Hono's routers; every handler tells which route it is.

import { createAgentWrit, publicRoute } from '@agentwrit/hono';
import fc from 'fast-check';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';

const { requireScope, requireAnyScope, authenticate } = createAgentWrit({
  broker: { fetch: () => Promise.reject(new Error('nobody sends a token')) },
});

type Name = 'guard' | 'other' | 'optional' | 'public' | 'pass';

const MIDDLEWARE: Readonly<Record<Name, MiddlewareHandler>> = {
  guard: requireScope('read:data:7'),
  other: requireAnyScope('read:data:8', 'read:data:9'),
  optional: authenticate({ optional: true }),
  public: publicRoute(),
  pass: (_c, next) => next(),
};

type Step =
  | { readonly kind: 'use'; readonly path: string; readonly what: Name }
  | {
      readonly kind: 'on';
      readonly method: string;
      readonly path: string;
      readonly before: readonly Name[];
    }
  | { readonly kind: 'mount'; readonly path: string }
  | {
      readonly kind: 'route';
      readonly path: string;
      readonly isCatching: boolean;
      readonly plan: Plan;
    };

export type Plan = readonly Step[];

const PATTERNS =
  '/ /a /a/ /b /a/b /ab /ab/c /:id /:no /:id/b /a/:id /a/:id? /:n{[0-9]+} ' +
  '/* /a/* /a/b/* /:id/* /:n{[0-9]+}/* /*/b /*/b/* /*/* /:id?/*';
const path = fc.constantFrom(...PATTERNS.split(' '));
const prefix = fc.constantFrom('/', '/a', '/b', '/:id');
const what = fc.constantFrom<Name>('guard', 'other', 'optional', 'public', 'pass');
const method = fc.constantFrom('GET', 'POST', 'ALL', 'OPTIONS');

const flat: fc.Arbitrary<Step>[] = [
  fc.record({ kind: fc.constant('use'), path, what }),
  fc.record({ kind: fc.constant('on'), method, path, before: fc.array(what, { maxLength: 2 }) }),
  fc.record({ kind: fc.constant('mount'), path: prefix }),
];
const planOf = (...steps: fc.Arbitrary<Step>[]): fc.Arbitrary<Plan> =>
  fc.array(fc.oneof(...steps), { maxLength: 5 });
const routed = (plan: fc.Arbitrary<Plan>): fc.Arbitrary<Step> =>
  fc.record({ kind: fc.constant('route'), path: prefix, isCatching: fc.boolean(), plan });

export const plans: fc.Arbitrary<Plan> = planOf(
  ...flat,
  ...flat,
  routed(planOf(...flat, routed(planOf(...flat)))),
);

/** What a handler answers: the name of its route, `GET /customers/:id`. */
function answer(c: Context): Response {
  const route = matchedRoutes(c)[c.req.routeIndex];
  return new Response(null, { headers: { 'x-route': `${route?.method} ${route?.path}` } });
}

/** @throws whatever the router throws that cannot serve one of the patterns */
export function build(plan: Plan, router?: Hono['router']): Hono {
  const app = new Hono(router && { router });
  for (const step of plan) {
    switch (step.kind) {
      case 'use':
        app.use(step.path, MIDDLEWARE[step.what]);
        break;
      case 'on':
        app.on(step.method, [step.path], ...step.before.map((name) => MIDDLEWARE[name]), answer);
        break;
      case 'mount':
        app.mount(step.path, (_request: Request, c: Context) => answer(c), {
          optionHandler: (c) => c,
          replaceRequest: false,
        });
        break;
      case 'route': {
        const part = build(step.plan);
        if (step.isCatching) part.onError((_error, c) => c.text('caught', 500));
        app.route(step.path, part);
        break;
      }
    }
  }
  return app;
}
