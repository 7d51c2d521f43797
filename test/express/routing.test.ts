// Every way to put a guard somewhere, on both versions of Express.

import { listRequirements } from '@agentwrit/express';
import type { RequestHandler } from 'express';
import { describe, expect, it } from 'vitest';
import { bearer } from '../../packages/core/test/fixtures.js';
import { requireScope, send, serve, versions } from './apps.js';

const answer: RequestHandler = (req, res) => {
  res.json({ agent: req.agent?.taskId, params: req.params });
};

async function statusOf(url: string, headers: Record<string, string> = {}): Promise<number> {
  return (await fetch(url, { headers })).status;
}

describe.each(versions)('a guard on $name', ({ express }) => {
  it('stands on one route, in an array, on app.route() and on all()', async () => {
    const app = express();
    app.get('/one', requireScope('read:data:1'), answer);
    app.get('/array', [requireScope('read:data:1'), answer]);
    app.route('/route').get(requireScope('read:data:1'), answer).post(answer);
    app.all('/all', requireScope('read:data:1'), answer);
    const url = await serve(app);
    for (const path of ['/one', '/array', '/route', '/all']) {
      expect(await statusOf(url + path), path).toBe(401);
      expect(await statusOf(url + path, bearer()), path).toBe(200);
      expect(await statusOf(url + path, bearer(['read:other:1'])), path).toBe(403);
    }
    expect((await send(`${url}/route`, { method: 'POST' })).status).toBe(200);
    expect((await send(`${url}/all`, { method: 'DELETE' })).status).toBe(401);
  });

  it('that comes with route.all() stands before the methods declared after it', async () => {
    const app = express();
    app.route('/x').all(requireScope('read:data:1')).get(answer).put(answer);
    const url = await serve(app);
    expect(await statusOf(`${url}/x`)).toBe(401);
    expect((await send(`${url}/x`, { method: 'PUT' })).status).toBe(401);
    expect(await statusOf(`${url}/x`, bearer())).toBe(200);
  });

  it('in a nested router stands before what comes after it there, and nothing else', async () => {
    const inner = express.Router();
    inner.get('/before', answer);
    inner.use(requireScope('read:data:1'));
    inner.get('/after', answer);
    const outer = express.Router().use('/inner', inner).get('/outer', answer);
    const app = express().use('/api', outer);
    const url = await serve(app);
    expect(await statusOf(`${url}/api/inner/before`)).toBe(200);
    expect(await statusOf(`${url}/api/inner/after`)).toBe(401);
    expect(await statusOf(`${url}/api/inner/after`, bearer())).toBe(200);
    expect(await statusOf(`${url}/api/outer`)).toBe(200);
  });

  it('fills placeholders with the parameters of its own route', async () => {
    const router = express.Router().get('/:id', requireScope('read:data:customer-{id}'), answer);
    const url = await serve(express().use('/tenants/:tenant', router));
    const headers = bearer(['read:data:customer-7/a']);
    const answered = await fetch(`${url}/tenants/t/7%2Fa`, { headers });
    expect(await answered.json()).toEqual({ agent: 'task-1', params: { id: '7/a' } });
    expect(await statusOf(`${url}/tenants/t/8`, headers)).toBe(403);
  });

  it('has the parameters of the routers above only with mergeParams', async () => {
    const scope = 'read:data:{tenant}-{id}';
    const merged = express.Router({ mergeParams: true });
    merged.get('/:id', requireScope(scope), answer);
    const unmerged = express.Router();
    unmerged.get('/:id', requireScope(scope), answer);
    const app = express().use('/merged/:tenant', merged).use('/unmerged/:tenant', unmerged);
    const url = await serve(app);
    const headers = bearer(['read:data:t-7']);
    expect(await statusOf(`${url}/merged/t/7`, headers)).toBe(200);
    expect(await statusOf(`${url}/merged/u/7`, headers)).toBe(403);
    // A scope that cannot be said lets nobody in.
    expect(await statusOf(`${url}/unmerged/t/7`, bearer(['read:data:*']))).toBe(500);
  });

  it('sees parameters as app.param() has left them, and runs after it', async () => {
    const app = express();
    const loaded: string[] = [];
    app.param('id', (req, _res, next, value: string) => {
      loaded.push(value);
      req.params['id'] = `loaded-${value}`;
      next();
    });
    app.get('/:id', requireScope('read:data:{id}'), answer);
    const url = await serve(app);
    expect(await statusOf(`${url}/7`, bearer(['read:data:7']))).toBe(403);
    expect(await statusOf(`${url}/7`, bearer(['read:data:loaded-7']))).toBe(200);
    expect(await statusOf(`${url}/7`)).toBe(401);
    expect(loaded).toEqual(['7', '7', '7']);
  });

  it('in front of a mounted application stands before all of it', async () => {
    const admin = express();
    admin.get('/users', answer);
    const own = express();
    own.get('/', requireScope('read:data:1'), answer);
    const app = express().use('/admin', requireScope('read:data:1'), admin).use('/own', own);
    const url = await serve(app);
    for (const path of ['/admin/users', '/admin/none', '/own']) {
      expect(await statusOf(url + path), path).toBe(401);
    }
    expect(await statusOf(`${url}/admin/users`, bearer())).toBe(200);
    expect(await statusOf(`${url}/own`, bearer())).toBe(200);
  });

  it('answers HEAD as GET without a body', async () => {
    const app = express();
    app.get('/x', requireScope('read:data:1'), answer);
    const url = await serve(app);
    const refused = await send(`${url}/x`, { method: 'HEAD' });
    expect(refused).toMatchObject({ status: 401, body: '' });
    expect(refused.headers['www-authenticate']).toContain('read:data:1');
    expect(Number(refused.headers['content-length'])).toBeGreaterThan(100);
    const headers = ['Authorization', bearer().authorization];
    expect((await send(`${url}/x`, { method: 'HEAD', headers })).status).toBe(200);
  });

  it('leaves the automatic answer to OPTIONS alone on a route, and stands before it under use()', async () => {
    const app = express();
    app.get('/route', requireScope('read:data:1'), answer);
    app.use('/below', requireScope('read:data:1'));
    app.get('/below/x', answer);
    const url = await serve(app);
    const onRoute = await send(`${url}/route`, { method: 'OPTIONS' });
    expect([onRoute.status, onRoute.headers.allow]).toEqual([200, expect.stringContaining('GET')]);
    expect((await send(`${url}/below/x`, { method: 'OPTIONS' })).status).toBe(401);
  });

  it('stands before the 404 of what is not there', async () => {
    const app = express().use('/api', requireScope('read:data:1'));
    const url = await serve(app);
    expect(await statusOf(`${url}/api/none`)).toBe(401);
    expect(await statusOf(`${url}/api/none`, bearer())).toBe(404);
    expect(listRequirements(app)).toEqual([]);
  });
});
