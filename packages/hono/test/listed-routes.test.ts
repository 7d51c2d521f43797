// An app in → what is told of its routes. That none of it is a false "guarded" is proven against running apps
// in test/hono.

import { Hono } from 'hono';
import { createFactory } from 'hono/factory';
import { logger } from 'hono/logger';
import { describe, expect, it } from 'vitest';
import { ScriptedBroker } from '../../core/test/fixtures.js';
import { assertGuarded, createAgentWrit, listRequirements, publicRoute } from '../src/index.js';
import { linesOf } from './lines.js';

const broker = new ScriptedBroker();
const { requireScope, requireAnyScope, authenticate } = createAgentWrit({ broker });
const other = createAgentWrit({ broker, maxAge: 60 });
const guard = requireScope('read:data:1');
const text = (): Response => new Response('in');

describe('listRequirements', () => {
  it('tells what each route needs, in the order of registration', () => {
    const app = new Hono();
    app.get('/customers/:id', requireScope('read:data:customer-{id}', { maxAge: 0 }), text);
    app.post(
      '/customers',
      requireAnyScope('write:data:1', 'write:data:2'),
      other.authenticate(),
      text,
    );
    app.get('/mine', authenticate({ optional: true }), text);
    app.get('/health', publicRoute(), text);
    app.get('/forgotten', text);
    expect(linesOf(app)).toEqual([
      'GET /customers/:id: read:data:customer-{id}',
      'POST /customers: write:data:1|write:data:2, none',
      'GET /mine: none',
      'GET /health: public',
      'GET /forgotten: open',
    ]);
    expect(listRequirements(app).map(({ needs }) => needs.map(({ maxAge }) => maxAge))).toEqual([
      [0],
      [5, 60],
      [5],
      [],
      [],
    ]);
    expect(listRequirements(app)[2]?.needs[0]?.isOptional).toBe(true);
  });

  it.each<{ name: string; build: (app: Hono) => unknown; lines: string[] }>([
    {
      name: 'get, post and their kind, several handlers',
      build: (app) => app.get('/', logger(), guard, text).put(text).query('/', text),
      lines: ['GET /: read:data:1', 'PUT /: open', 'QUERY /: open'],
    },
    {
      name: 'all',
      build: (app) => app.all('/a', guard, text).get('/a', text).all('/b', text),
      lines: ['ALL /a: read:data:1', 'GET /a: read:data:1', 'ALL /b: open'],
    },
    {
      name: 'on, with several methods and paths',
      build: (app) => app.on(['get', 'PURGE'], ['/a', '/b'], guard, text),
      lines: ['GET /a', 'PURGE /a', 'GET /b', 'PURGE /b'].map((route) => `${route}: read:data:1`),
    },
    {
      name: 'a guard of another method',
      build: (app) => app.get('/', guard).post('/', text).all('/', text),
      lines: ['POST /: open', 'ALL /: open'],
    },
    {
      name: 'use, for everything after it',
      build: (app) => app.get('/before', text).use(guard).get('/after', text).get('/', text),
      lines: ['GET /before: open', 'GET /after: read:data:1', 'GET /: read:data:1'],
    },
    {
      name: 'use, for a path',
      build: (app) =>
        app
          .use('/a/*', guard)
          .get('/a', text)
          .get('/a/b/c', text)
          .get('/ab', text)
          .get('/:a/b', text),
      lines: ['GET /a: read:data:1', 'GET /a/b/c: read:data:1', 'GET /ab: open', 'GET /:a/b: open'],
    },
    {
      name: 'use, for a path with parameters: of the same names',
      build: (app) => app.use('/:t/*', guard).get('/:t/a', text).get('/:tenant/a', text),
      lines: ['GET /:t/a: read:data:1', 'GET /:tenant/a: open'],
    },
    {
      name: 'a guard after the handler',
      build: (app) => app.get('/', text, guard).get('/', guard, text).use(guard),
      lines: ['GET /: open'],
    },
    {
      name: 'publicRoute() for a path',
      build: (app) => app.use('/open/*', publicRoute()).get('/open/a', text).get('/a', text),
      lines: ['GET /open/a: public', 'GET /a: open'],
    },
    {
      name: 'a prefix, and apps within apps with error handling of their own',
      build(app) {
        const inner = new Hono().use(guard).get('/:id', requireScope('read:data:{id}'), text);
        const middle = new Hono().route(
          '/inner',
          inner.onError(() => text()),
        );
        middle.get('/open', text);
        app.basePath('/api').route(
          '/v1',
          middle.onError(() => text()),
        );
        app.get('/after', text);
      },
      lines: [
        'GET /api/v1/inner/:id: read:data:1, read:data:{id}',
        'GET /api/v1/open: open',
        'GET /after: open',
      ],
    },
    {
      name: 'what hono/factory makes',
      build(app) {
        app.get('/', ...createFactory().createHandlers(guard, text));
      },
      lines: ['GET /: read:data:1'],
    },
  ])('sees $name', ({ build, lines }) => {
    const app = new Hono();
    build(app);
    expect(linesOf(app)).toEqual(lines);
  });

  it('leaves the app as it is: routes can be added afterwards', () => {
    const app = new Hono().get('/', guard, text);
    listRequirements(app);
    app.get('/later', text);
    expect(linesOf(app)).toEqual(['GET /: read:data:1', 'GET /later: open']);
  });

  it('takes nothing but an app', () => {
    expect(() => listRequirements({} as Hono)).toThrow(TypeError);
  });
});

describe('assertGuarded', () => {
  it('throws and names every open route, and only those', () => {
    const app = new Hono().get('/a', guard, text).get('/b', text).post('/c', publicRoute(), text);
    app.delete('/d/:id', text);
    expect(() => assertGuarded(app)).toThrow('GET /b, DELETE /d/:id. ');
    expect(() => assertGuarded(new Hono().get('/a', guard, text))).not.toThrow();
  });
});
