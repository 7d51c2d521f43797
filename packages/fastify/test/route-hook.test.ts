// A guard as a hook: where it may stand, what it answers, and what it leaves alone.

import type { FastifyInstance, preHandlerHookHandler } from 'fastify';
import { describe, expect, it } from 'vitest';
import { AGENT_ID, bearer, OTHER_AGENT_ID, ScriptedBroker } from '../../core/test/fixtures.js';
import { createAgentWrit } from '../src/index.js';
import { guardedServer, server } from './server.js';

async function statusOf(app: FastifyInstance, headers = {}): Promise<number> {
  return (await app.inject({ url: '/', headers })).statusCode;
}

describe('a guard', () => {
  it.each(['onRequest', 'preParsing', 'preValidation', 'preHandler'])(
    'stands in %s of a route and of a server, with the plugin and without',
    async (hook) => {
      for (const isRegistered of [true, false]) {
        const agentwrit = createAgentWrit({ broker: new ScriptedBroker() });
        const guard = agentwrit.requireScope('read:data:7');
        const [ofRoute, ofServer] = [server(), server()];
        if (isRegistered) {
          await ofRoute.register(agentwrit.plugin);
          await ofServer.register(agentwrit.plugin);
        }
        ofRoute.post('/', { [hook]: guard }, (request) => [request.agent?.id, request.body]);
        ofServer.addHook(hook as 'onRequest', guard);
        ofServer.post('/', (request) => [request.agent?.id, request.body]);
        for (const app of [ofRoute, ofServer]) {
          const send = { method: 'POST', url: '/', payload: { a: 1 } } as const;
          expect((await app.inject(send)).statusCode).toBe(401);
          expect((await app.inject({ ...send, headers: bearer(['a:b:c']) })).statusCode).toBe(403);
          const answer = await app.inject({ ...send, headers: bearer() });
          expect(answer.json()).toEqual([AGENT_ID, { a: 1 }]);
        }
        await agentwrit.close();
      }
    },
  );

  it('is there with others, in their order; the last one that lets in names the agent', async () => {
    const [first, second] = ['first', 'second'].map((realm) =>
      createAgentWrit({ broker: new ScriptedBroker(), realm }),
    );
    if (first === undefined || second === undefined) expect.unreachable();
    const app = server();
    await app.register(first.plugin);
    await app.register(second.plugin);
    const agents: unknown[] = [];
    app.get(
      '/',
      {
        onRequest: first.requireScope('read:a:1'),
        preHandler: [
          (request, _reply, done) => {
            agents.push(request.agent);
            done();
          },
          second.requireScope('read:b:2'),
        ],
      },
      (request) => {
        agents.push(request.agent);
        return 'in';
      },
    );
    const realmFor = async (scope: string[]): Promise<unknown> =>
      (await app.inject({ url: '/', headers: bearer(scope) })).headers['www-authenticate'];
    expect(await realmFor(['read:b:2'])).toContain('realm="first"');
    expect(await realmFor(['read:a:1'])).toContain('realm="second"');
    expect(agents).toHaveLength(1);
    expect(await realmFor(['read:a:1', 'read:b:2'])).toBeUndefined();
    expect(agents).toHaveLength(3);
    expect(agents[2]).not.toBe(agents[1]);
    expect(agents[2]).toMatchObject({ id: AGENT_ID });
  });

  it('that is optional lets strangers pass, refuses bad tokens, and leaves an agent that is there', async () => {
    const { app, agentwrit } = await guardedServer();
    app.get('/', { preHandler: agentwrit.authenticate({ optional: true }) }, (request) =>
      String(request.agent?.id),
    );
    const { authenticate } = agentwrit;
    const takeAway: preHandlerHookHandler = (request, _reply, done) => {
      // To the second guard it is a stranger's request.
      request.raw.rawHeaders = [];
      delete request.headers.authorization;
      done();
    };
    app.get(
      '/twice',
      { preHandler: [authenticate(), takeAway, authenticate({ optional: true })] },
      (request) => String(request.agent?.id),
    );
    expect((await app.inject('/')).body).toBe('undefined');
    expect(await statusOf(app, { authorization: 'Bearer no token' })).toBe(400);
    expect(await statusOf(app, { authorization: 'Bearer no.live.token' })).toBe(401);
    expect((await app.inject({ url: '/', headers: bearer() })).body).toBe(AGENT_ID);

    expect((await app.inject({ url: '/twice', headers: bearer() })).body).toBe(AGENT_ID);
  });

  it('computes scopes from the request, at once or later, and fails closed', async () => {
    const causes: unknown[] = [];
    const { app, agentwrit } = await guardedServer({}, { onDecision: (e) => causes.push(e.cause) });
    const { requireScope, requireAnyScope } = agentwrit;
    const guards = {
      '/sync/:id': requireScope((request) => `read:data:${request.params['id']}`),
      '/async/:id': requireAnyScope('a:b:c', async ({ params }) => {
        await Promise.resolve();
        return [`read:data:${params['id']}`];
      }),
      '/throws/:id': requireScope(() => {
        throw new Error('secret');
      }),
      '/rejects/:id': requireScope(() => Promise.reject(new Error('secret'))),
      '/nothing/:id': requireScope(() => []),
    };
    for (const [url, onRequest] of Object.entries(guards)) app.get(url, { onRequest }, () => 'in');
    for (const way of ['sync', 'async']) {
      const get = (id: string): Promise<{ statusCode: number }> =>
        app.inject({ url: `/${way}/${id}`, headers: bearer(['read:data:7']) });
      expect((await get('7')).statusCode, way).toBe(200);
      expect((await get('8')).statusCode, way).toBe(403);
    }
    for (const way of ['throws', 'rejects', 'nothing']) {
      const answer = await app.inject({ url: `/${way}/7`, headers: bearer() });
      expect(answer.statusCode, way).toBe(500);
      expect(answer.body).not.toContain('secret');
    }
    expect(causes.slice(-3)).toEqual(['function_failed', 'function_failed', 'computed_scope']);
  });

  it('asks for the task that the request names, and for the roots of a delegation', async () => {
    const { app, agentwrit } = await guardedServer();
    const onRequest = agentwrit.authenticate({ task: (request) => request.params['task'] });
    app.get('/tasks/:task', { onRequest }, () => 'in');
    const roots = [OTHER_AGENT_ID];
    const preHandler = agentwrit.requireScope('read:data:7', { delegation: { roots } });
    app.get('/', { preHandler }, () => 'in');
    const headers = bearer();
    expect((await app.inject({ url: '/tasks/task-1', headers })).body).toBe('in');
    expect((await app.inject({ url: '/tasks/task-2', headers })).statusCode).toBe(403);
    expect(await statusOf(app, headers)).toBe(403);
  });

  it('writes refusals as the program renders them, with the request of Fastify', async () => {
    const { app, agentwrit } = await guardedServer(
      {},
      {
        render: ({ status, error_code }, request) => ({
          body: `${status} ${error_code} ${request.routeOptions.url}`,
          contentType: 'text/plain',
          status: 404,
        }),
      },
    );
    app.get('/:id', { preHandler: agentwrit.requireScope('read:data:7') }, () => 'in');
    const { statusCode, body, headers } = await app.inject('/x');
    expect([statusCode, body]).toEqual([404, '401 missing_token /:id']);
    expect(headers['content-type']).toBe('text/plain');
  });
});
