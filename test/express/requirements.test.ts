// What listRequirements() tells of an application, and what it cannot know and so does not claim.

import { assertGuarded, createAgentWrit, listRequirements, publicRoute } from '@agentwrit/express';
import type { ErrorRequestHandler, Express, RequestHandler } from 'express';
import { describe, expect, it } from 'vitest';
import { ScriptedBroker } from '../../packages/core/test/fixtures.js';
import { authenticate, requireAnyScope, requireScope, versions } from './apps.js';

const guard = requireScope('read:data:1');
const answer: RequestHandler = (_req, res) => void res.end();
const middleware: RequestHandler = (_req, _res, next) => next();
const onError: ErrorRequestHandler = (_error, _req, _res, next) => next();

/** `GET /x read:data:1`, one line per route. */
function linesOf(app: Parameters<typeof listRequirements>[0]): string[] {
  return listRequirements(app).map(({ method, path, needs, isPublic }) =>
    [method, path, ...needs.flatMap(({ scopes }) => scopes), ...(isPublic ? ['public'] : [])].join(
      ' ',
    ),
  );
}

describe.each(versions)('listRequirements of $name', ({ name, express }) => {
  const is5 = name === 'Express 5';

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

  it('counts a guard of use() for what comes after it', () => {
    const app = express();
    app.get('/before', answer);
    app.use(middleware, guard);
    app.get('/after', answer);
    app.use(onError);
    app.get('/past-errors', answer);
    expect(linesOf(app)).toEqual(['GET /before', 'GET /after read:data:1', 'GET /past-errors']);
  });

  it('counts a guard at a path only for what is surely below it', () => {
    const app = express();
    app.use('/api', guard);
    app.use(/^\/lower/, guard);
    app.use(/^\/part(?!\/open)/, guard);
    app.use('/tenants/:tenant', guard);
    app.get('/api', answer);
    app.get('/api/a/:id', answer);
    app.get('/API/b/', answer);
    app.get('/apis', answer);
    app.get('/:any', answer);
    app.get('/lower/x', answer);
    app.get('/part/:name', answer);
    app.get('/tenants/:tenant/x', answer);
    app.get(/^\/api\/x/, answer);
    expect(linesOf(app)).toEqual([
      'GET /api read:data:1',
      'GET /api/a/:id read:data:1',
      'GET /API/b/ read:data:1',
      'GET /apis',
      'GET /:any',
      'GET /lower/x',
      'GET /part/:name',
      'GET /tenants/:tenant/x',
      'GET /^\\/api\\/x/',
    ]);
  });

  it('tells upper from lower case where the application does', () => {
    const app = express().enable('case sensitive routing');
    app.use('/api', guard);
    app.get('/api/x', answer);
    app.get('/API/x', answer);
    expect(linesOf(app)).toEqual(['GET /api/x read:data:1', 'GET /API/x']);
  });

  it('walks nested routers, with the guards above them', () => {
    const inner = express
      .Router()
      .get('/', answer)
      .get('/:id', requireScope('read:inner:{id}'), answer);
    const guarded = express.Router().use(guard).use('/inner', inner).get('/x', answer);
    const app = express().use(inner).use('/guarded', guarded).use('/open', inner);
    const at = (path: string): string => (is5 ? '…' : path);
    expect(linesOf(app)).toEqual([
      'GET /',
      'GET /:id read:inner:{id}',
      `GET ${at('/guarded/inner')} read:data:1`,
      `GET ${at('/guarded/inner')}/:id read:data:1 read:inner:{id}`,
      `GET ${at('/guarded')}/x read:data:1`,
      `GET ${at('/open')}`,
      `GET ${at('/open')}/:id read:inner:{id}`,
    ]);
    expect(linesOf(guarded)).toHaveLength(3);
  });

  it('does not say of a guard and a router at one path that they belong together where it is not told', () => {
    const router = express.Router().get('/x', answer);
    const app = express().use('/api', guard, router).use(guard, router);
    expect(linesOf(app)).toEqual([
      is5 ? 'GET …/x' : 'GET /api/x read:data:1',
      'GET /x read:data:1',
    ]);
  });

  it('has one entry for an application within, which Express does not show', () => {
    const sub = express();
    sub.get('/x', guard, answer);
    const app = express().use('/sub', sub).use(guard).use('/guarded', sub).use(sub);
    const at = (path: string): string => (is5 ? '…' : path);
    expect(linesOf(app)).toEqual([
      `ALL ${at('/sub/…')}`,
      `ALL ${at('/guarded/…')} read:data:1`,
      'ALL /… read:data:1',
    ]);
    expect(linesOf(sub)).toEqual(['GET /x read:data:1']);
  });

  it('ends with a router that contains itself', () => {
    const router = express.Router().get('/x', guard, answer);
    router.use('/again', router);
    expect(linesOf(router)).toEqual(['GET /x read:data:1']);
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
