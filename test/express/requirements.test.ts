// What listRequirements() tells of an application, and what it cannot know and so does not claim.

import { assertGuarded, createAgentWrit, listRequirements, publicRoute } from '@agentwrit/express';
import type { ErrorRequestHandler, Express, RequestHandler } from 'express';
import { describe, expect, it } from 'vitest';
import { ScriptedBroker } from '../../packages/core/test/fixtures.js';
import { authenticate, linesOf, requireAnyScope, requireScope, versions } from './apps.js';

const guard = requireScope('read:data:1');
const answer: RequestHandler = (_req, res) => void res.end();
const middleware: RequestHandler = (_req, _res, next) => next();
const onError: ErrorRequestHandler = (_error, _req, _res, next) => next();

describe.each(versions)('listRequirements of $name', ({ express }) => {
  it('says what each route needs, of whichever guard, in the order of registration', () => {
    const other = createAgentWrit({ broker: new ScriptedBroker(), maxAge: 60 });
    const app = express();
    app.get('/b/:id', requireScope('read:data:{id}', 'read:more:1', { maxAge: 0 }), answer);
    app.post('/a', requireAnyScope('read:data:1', 'write:data:1'), answer);
    app.put(
      '/a',
      authenticate(),
      other.requireScope(() => 'read:data:1'),
      answer,
    );
    app.get('/open', publicRoute(), answer);
    expect(listRequirements(app)).toEqual([
      {
        method: 'GET',
        path: '/b/:id',
        needs: [
          expect.objectContaining({
            match: 'all',
            maxAge: 0,
            scopes: ['read:data:{id}', 'read:more:1'],
          }),
        ],
        isPublic: false,
      },
      {
        method: 'POST',
        path: '/a',
        needs: [expect.objectContaining({ match: 'any' })],
        isPublic: false,
      },
      {
        method: 'PUT',
        path: '/a',
        needs: [
          expect.objectContaining({ match: 'none', maxAge: 5 }),
          expect.objectContaining({ isComputed: true, maxAge: 60 }),
        ],
        isPublic: false,
      },
      { method: 'GET', path: '/open', needs: [], isPublic: true },
    ]);
    expect(() => assertGuarded(app)).not.toThrow();
  });

  it('knows every way to declare a route', () => {
    const app = express();
    app.get('/array', [middleware, guard], answer);
    app.all('/all', guard, answer);
    app.route('/route').get(guard, answer).post(answer);
    app.route('/before').all(guard).get(answer).put(answer);
    app.route('/fallback').get(guard, answer).all(answer);
    app.get(['/one', '/two'], guard, answer);
    app.get(/^\/r(.*)/, guard, answer);
    app.head('/head', guard, answer);
    app.use(express.Router().all('/only-guards', guard));
    expect(linesOf(app)).toEqual([
      'GET /array read:data:1',
      'ALL /all read:data:1',
      'GET /route read:data:1',
      'POST /route',
      'GET /before read:data:1',
      'PUT /before read:data:1',
      'GET /fallback read:data:1',
      'ALL /fallback',
      'GET /one read:data:1',
      'GET /two read:data:1',
      'GET /^\\/r(.*)/ read:data:1',
      'HEAD /head read:data:1',
      'ALL /only-guards read:data:1',
    ]);
  });

  it('counts only what stands before the handler', () => {
    const app = express();
    app.get('/after', answer, guard);
    app.get('/after-next', middleware, guard);
    app.get('/between', answer, guard, answer);
    app.get('/behind-middleware', middleware, guard, middleware);
    app.get('/past-errors', guard, onError, answer);
    app.get('/with-errors', guard, answer, onError);
    app.get('/wrapped', (req, res, next) => guard(req, res, next), answer);
    expect(linesOf(app)).toEqual([
      'GET /after',
      'GET /after-next',
      'GET /between',
      'GET /behind-middleware read:data:1',
      'GET /past-errors',
      'GET /with-errors read:data:1',
      'GET /wrapped',
    ]);
  });

  it('is empty where there is no route', () => {
    expect(linesOf(express())).toEqual([]);
    expect(linesOf(express().use(express.json()))).toEqual([]);
    expect(linesOf(express.Router())).toEqual([]);
  });

  it('fails assertGuarded() with the names of all open routes', () => {
    const app: Express = express();
    app.get('/a', answer);
    app.get('/b', guard, answer);
    app.use(express.Router().post('/c', answer));
    expect(() => assertGuarded(app)).toThrow(/: GET \/a, POST \/c\./);
  });
});

describe('listRequirements', () => {
  it('refuses what is no application', () => {
    const none = { use: undefined, route: undefined };
    expect(() => listRequirements(none)).toThrow(TypeError);
    expect(() => listRequirements(none)).toThrow('"app"');
    // @ts-expect-error neither an application nor a router
    expect(() => listRequirements({})).toThrow('"app"');
  });
});
