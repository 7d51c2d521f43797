// What listRequirements() tells of guards put in by use(), of routers within routers and of applications.

import type { ErrorRequestHandler, RequestHandler } from 'express';
import { describe, expect, it } from 'vitest';
import { linesOf, requireScope, versions } from './apps.js';

const guard = requireScope('read:data:1');
const answer: RequestHandler = (_req, res) => void res.end();
const middleware: RequestHandler = (_req, _res, next) => next();
const onError: ErrorRequestHandler = (_error, _req, _res, next) => next();

// As it is inside of Express.
function stackOf(app: object): readonly { readonly handle: object }[] {
  // Express 4 throws on `router`.
  const { stack } = Reflect.get(app, '_router' in app ? '_router' : 'router') as {
    stack: { handle: object }[];
  };
  return stack;
}

describe.each(versions)('listRequirements of $name', ({ name, express }) => {
  const is5 = name === 'Express 5';

  it('counts a guard of use() for what comes after it', () => {
    const app = express();
    app.get('/before', answer);
    app.use(middleware, guard);
    app.get('/after', answer);
    app.use(onError);
    app.get('/past-errors', answer);
    expect(linesOf(app)).toEqual(['GET /before', 'GET /after read:data:1', 'GET /past-errors']);
  });

  it('counts no guard at a path inside a router mounted above it: a second slash goes past it', () => {
    const app = express();
    app.use('/api/admin', guard);
    const router = express.Router();
    router.get('/admin', answer);
    app.use('/api', router);
    expect(linesOf(app).join()).not.toContain('read:data:1');
  });

  it('sees an application that is mounted, whatever a bundler has called its function', () => {
    const app = express();
    const inner = express();
    inner.get('/secret', answer);
    app.use('/inner', inner);
    const before = linesOf(app);
    expect(before.join()).toMatch(/^ALL /);
    for (const { handle } of stackOf(app)) {
      Object.defineProperty(handle, 'name', { value: 't' });
    }
    expect(linesOf(app)).toEqual(before);
  });

  it('counts a guard at a path only for what is surely below it', () => {
    const app = express();
    app.use('/api', guard);
    app.use(/^\/lower/, guard);
    app.use(/^\/part(?!\/open)/i, guard);
    app.use('/tenants/:tenant', guard);
    app.get('/api', answer);
    app.get('/api/a/:id', answer);
    app.get('/API/b/', answer);
    app.get('/apis', answer);
    app.get('/:any', answer);
    app.get('/lower/x', answer);
    app.get('/part/:name', answer);
    app.get('/tenants/:tenant/x', answer);
    app.get('/tenants/t/x', answer);
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
      'GET /tenants/t/x',
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

  it('does not hold a guard that tells them apart for one over routers that do not', () => {
    const app = express().enable('case sensitive routing');
    app.use('/api/x', guard);
    for (const caseSensitive of [true, false]) {
      app.use(express.Router({ caseSensitive }).get('/api/x', answer));
    }
    const inner = express.Router({ caseSensitive: true }).get('/x', answer);
    app.use(express.Router().use('/api', inner));
    expect(linesOf(app)).toEqual([
      'GET /api/x read:data:1',
      'GET /api/x',
      is5 ? 'GET …/x' : 'GET /api/x',
    ]);
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
    const app = express()
      .use('/other', guard)
      .use('/sub', sub)
      .use(guard)
      .use('/guarded', sub)
      .use(sub);
    const at = (path: string): string => (is5 ? '…' : path);
    expect(linesOf(app)).toEqual([
      `ALL ${at('/sub/…')}`,
      `ALL ${at('/guarded/…')} read:data:1`,
      'ALL /… read:data:1',
    ]);
    expect(linesOf(sub)).toEqual(['GET /x read:data:1']);
    // A router takes it as it is.
    expect(linesOf(express.Router().use(sub))).toEqual(['GET /x read:data:1']);
  });

  it('ends with a router that contains itself', () => {
    const router = express.Router().get('/x', guard, answer);
    router.use('/again', router);
    expect(linesOf(router)).toEqual(['GET /x read:data:1']);
  });
});
