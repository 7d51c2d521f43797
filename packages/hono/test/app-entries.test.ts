// What is registered in an app → which of it answers, and which lets requests on.

import { Hono } from 'hono';
import { every } from 'hono/combine';
import { logger } from 'hono/logger';
import { describe, expect, it } from 'vitest';
import { ScriptedBroker } from '../../core/test/fixtures.js';
import { createAgentWrit, publicRoute } from '../src/index.js';
import { linesOf } from './lines.js';

const { requireScope } = createAgentWrit({ broker: new ScriptedBroker() });
const guard = requireScope('read:data:1');
const text = (): Response => new Response('in');

describe('of what is registered in an app', () => {
  it.each<{ name: string; build: (app: Hono) => unknown; lines: string[] }>([
    {
      name: 'mounted handlers',
      build: (app) =>
        app.mount('/old', text).use('/new/*', guard).mount('/new', text).get('/old/x', guard, text),
      lines: ['ALL /old/*: open', 'ALL /new/*: read:data:1', 'GET /old/x: open'],
    },
    {
      name: 'middleware that has nothing behind it, so that it must be what answers',
      build: (app) =>
        app
          .use(logger())
          .use('/files/*', (_c, _next) => Promise.resolve(text()))
          .get('/ws', guard, (_c, _next) => Promise.resolve(text()))
          .get('/', text),
      lines: ['ALL /files/*: open', 'GET /ws: read:data:1', 'GET /: open'],
    },
    {
      name: 'a guard inside other middleware, which nobody can see',
      build: (app) => app.get('/', every(guard), text),
      lines: ['GET /: open'],
    },
    {
      name: 'a handler that never gets its turn: what is before it answers',
      build: (app) =>
        app
          .get('/a/*', text)
          .get('/:x', publicRoute(), text)
          .use(guard)
          .get('/a/b', text)
          .get('/b', text),
      lines: ['GET /a/*: open', 'GET /:x: public', 'GET /a/b: open', 'GET /b: open'],
    },
    {
      name: 'a handler that gets its turn for some requests only: those count',
      build: (app) =>
        app
          .get('/orders/new', publicRoute(), text)
          .get('/orders/:id{[0-9]+}', text)
          .get('/orders/:id', guard, text),
      lines: [
        'GET /orders/new: public',
        'GET /orders/:id{[0-9]+}: open',
        'GET /orders/:id: read:data:1',
      ],
    },
    {
      name: 'a handler that others come before for the first samples of its requests',
      build: (app) => app.get('/:slug{[a-z].*}', publicRoute(), text).get('/:id', guard, text),
      lines: ['GET /:slug{[a-z].*}: public', 'GET /:id: read:data:1'],
    },
    {
      name: 'of two handlers the first one, also where no request for them can be made up',
      build: (app) => app.get('/:x{[^a-z0-9]!}', text).get('/:x{[^a-z0-9]!}', guard, text),
      lines: ['GET /:x{[^a-z0-9]!}: open'],
    },
    {
      name: 'whatever may come first, where no request can be made up',
      build: (app) => app.get('/:id', text).get('/:x{[^a-z0-9]!}', guard, text).get('/a/b', text),
      lines: ['GET /:id: open', 'GET /:x{[^a-z0-9]!}: open', 'GET /a/b: open'],
    },
    {
      name: 'what not every router can serve, and nothing that comes later in its place',
      build: (app) =>
        app.get('/:id/:id', text).get('/:user-id', guard, text).use(guard).get('/:a/:b', text),
      lines: ['GET /:id/:id: open', 'GET /:user-id: read:data:1', 'GET /:a/:b: open'],
    },
    {
      name: 'a handler, not the middleware before it, of whatever pattern',
      build: (app) =>
        app
          .use('/:tenant/*', logger())
          .get('/acme/orders', guard, text)
          .get('/:x{[^a-z0-9]!}', logger(), guard, text)
          .get('/a', (_c, _next) => Promise.resolve(text()))
          .get('/a/', guard, text),
      lines: [
        'GET /acme/orders: read:data:1',
        'GET /:x{[^a-z0-9]!}: read:data:1',
        'GET /a/: read:data:1',
      ],
    },
  ])('is listed as it answers: $name', ({ build, lines }) => {
    const app = new Hono();
    build(app);
    expect(linesOf(app)).toEqual(lines);
  });
});
