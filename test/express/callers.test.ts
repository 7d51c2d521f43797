// Who the handler finds on the request: with several guards, without credentials, and by functions of the program.

import { createAgentWrit, guarded } from '@agentwrit/express';
import { currentAgent } from '@agentwrit/express/current-agent';
import type { ErrorRequestHandler, Express, RequestHandler } from 'express';
import { describe, expect, it } from 'vitest';
import { bearer, ScriptedBroker, vouch } from '../../packages/core/test/fixtures.js';
import { authenticate, requireAnyScope, requireScope, send, serve, versions } from './apps.js';

const answer: RequestHandler = (req, res) => {
  res.json({ task: req.agent?.taskId, current: currentAgent() === req.agent });
};

async function outcomes(
  app: Express,
  tokens: Record<string, Record<string, string>>,
): Promise<Record<string, unknown>> {
  const url = await serve(app);
  const entries = Object.entries(tokens).map(async ([name, headers]) => {
    const answered = await fetch(`${url}/7`, { headers });
    return [name, answered.status === 200 ? await answered.json() : answered.status] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

const IN = { task: 'task-1', current: true };

describe.each(versions)('a request on $name', ({ express }) => {
  it('needs all of the scopes, or any', async () => {
    const app = express();
    app.get('/:id', requireScope('read:data:{id}', 'read:more:1'), answer);
    const any = express();
    any.get('/:id', requireAnyScope('read:data:{id}', 'read:more:1'), answer);
    const tokens = {
      both: bearer(['read:data:7', 'read:more:1']),
      one: bearer(['read:data:7']),
      none: bearer(['read:data:8']),
    };
    expect(await outcomes(app, tokens)).toEqual({ both: IN, one: 403, none: 403 });
    expect(await outcomes(any, tokens)).toEqual({ both: IN, one: IN, none: 403 });
  });

  it('with optional authentication may come without a credential, not with a bad one', async () => {
    const app = express();
    app.get('/:id', authenticate({ optional: true }), answer);
    expect(
      await outcomes(app, {
        none: {},
        otherScheme: { authorization: 'Basic eDp5' },
        good: bearer(['read:anything:1']),
        bad: { authorization: 'Bearer garbage' },
      }),
    ).toEqual({ none: { current: true }, otherScheme: { current: true }, good: IN, bad: 401 });
  });

  it('is checked by every guard, and the agent is that of the last', async () => {
    const first = createAgentWrit({ broker: new ScriptedBroker() });
    const second = createAgentWrit({
      broker: new ScriptedBroker((token) => vouch(token)),
      realm: 'second',
    });
    const app = express();
    const seen: unknown[] = [];
    app.get(
      '/:id',
      first.requireScope('read:data:7'),
      (req, _res, next) => {
        seen.push(req.agent, currentAgent());
        next();
      },
      second.requireScope('read:data:7', 'read:more:1'),
      (req, res, next) => {
        seen.push(req.agent, currentAgent());
        answer(req, res, next);
      },
    );
    expect(await outcomes(app, { good: bearer(['read:data:*', 'read:more:*']) })).toEqual({
      good: IN,
    });
    const [one, oneCurrent, two, twoCurrent] = seen;
    expect([one === oneCurrent, two === twoCurrent, one === two]).toEqual([true, true, false]);

    const url = await serve(app);
    const refused = await fetch(`${url}/7`, { headers: bearer() });
    expect(refused.status).toBe(403);
    expect(refused.headers.get('www-authenticate')).toContain('realm="second"');
  });

  it('keeps its agent where a later guard lets it pass without one', async () => {
    const app = express();
    const guard = requireScope('read:data:7');
    const dropCredential: RequestHandler = (req, _res, next) => {
      delete req.headers.authorization;
      next();
    };
    app.get('/:id', guard, dropCredential, authenticate({ optional: true }), answer);
    expect(await outcomes(app, { good: bearer() })).toEqual({ good: IN });
  });

  it('is measured by what functions of the program compute from it', async () => {
    const app = express();
    app.get(
      '/:id',
      requireScope((req) => `read:data:${String(req.params['id'])}`),
      requireScope(async (req) =>
        Promise.resolve([`read:${req.method.toLowerCase()}:${req.path.slice(1)}`]),
      ),
      requireScope('read:data:7', { task: (req) => req.get('x-task') }),
      guarded(answer),
    );
    const scope = ['read:data:7', 'read:get:7'];
    const task = { 'x-task': 'task-1' };
    expect(
      await outcomes(app, {
        good: { ...bearer(scope), ...task },
        oneScope: { ...bearer(['read:data:7']), ...task },
        otherTask: { ...bearer(scope), 'x-task': 'task-2' },
        noTask: bearer(scope),
      }),
    ).toEqual({ good: IN, oneScope: 403, otherTask: 403, noTask: 403 });
  });

  it('is not let in when a function of the program fails, and the error handler hears nothing of it', async () => {
    const failures: unknown[] = [];
    const boom = (): never => {
      throw new Error('boom');
    };
    for (const compute of [boom, () => Promise.reject(new Error('boom')), () => 'not a scope']) {
      const app = express();
      app.get('/:id', requireScope(compute), answer);
      const onError: ErrorRequestHandler = (error, _req, _res, next) => {
        failures.push(error);
        next(error);
      };
      app.use(onError);
      expect(await outcomes(app, { good: bearer() })).toEqual({ good: 500 });
    }
    expect(failures).toEqual([]);
  });

  it('is refused with a body that the program writes from its request', async () => {
    const { requireScope } = createAgentWrit({
      broker: new ScriptedBroker(),
      render: (problem, req) => ({
        body: `${problem.status} ${req.originalUrl} ${String(req.params['id'])}`,
        contentType: 'text/plain',
      }),
    });
    const router = express.Router().get('/:id', requireScope('read:data:{id}'), answer);
    const url = await serve(express().use('/api', router));
    const { status, headers, body } = await send(`${url}/api/7`);
    expect([status, headers['content-type'], body]).toEqual([401, 'text/plain', '401 /api/7 7']);
  });

  it('with more than one Authorization field is refused, whatever they say', async () => {
    const app = express();
    app.get('/', requireScope('read:data:1'), answer);
    const url = await serve(app);
    const good = ['Authorization', bearer().authorization];
    expect((await send(url, { headers: good })).status).toBe(200);
    for (const headers of [
      [...good, ...good],
      [...good, 'authorization', 'Basic eDp5'],
      ['AUTHORIZATION', 'Basic eDp5', ...good],
    ]) {
      expect((await send(url, { headers })).status, headers.join()).toBe(400);
    }
  });
});
