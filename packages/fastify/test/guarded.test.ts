// Handlers that cannot be reached without an agent.

import { describe, expect, it } from 'vitest';
import { AGENT_ID, bearer, ScriptedBroker } from '../../core/test/fixtures.js';
import { createAgentWrit, guarded } from '../src/index.js';
import { guardedServer, server } from './server.js';

describe('a guarded() handler', () => {
  it('gets the agent, its route and its server', async () => {
    const { app, agentwrit } = await guardedServer();
    app.decorate('city', 'Lisbon');
    app.get<{ Params: { id: string } }>(
      '/:id',
      { preHandler: agentwrit.requireScope('read:data:{id}') },
      guarded(function (request, reply) {
        void reply.header('x-city', String(this.getDecorator('city')));
        return { you: request.agent.id, id: request.params.id };
      }),
    );
    const answer = await app.inject({ url: '/7', headers: bearer() });
    expect(answer.json()).toEqual({ you: AGENT_ID, id: '7' });
    expect(answer.headers['x-city']).toBe('Lisbon');
  });

  it('is not reached with something else that is called agent', async () => {
    const app = server();
    // As programs without types do.
    app.decorateRequest('agent', null as never);
    await app.register(createAgentWrit({ broker: new ScriptedBroker() }).plugin);
    app.get(
      '/',
      guarded(() => 'in'),
    );
    expect((await app.inject('/')).statusCode).toBe(500);
  });

  it('may answer by reply, at once or later, and fail', async () => {
    const { app } = await guardedServer({ scope: 'read:data:7' });
    app.setErrorHandler((error: Error, _request, reply) => reply.code(418).send(error.message));
    app.get(
      '/send',
      guarded((request, reply) => {
        setImmediate(() => void reply.send(request.agent.taskId));
      }),
    );
    app.get(
      '/async',
      guarded(async (request, reply) => {
        await Promise.resolve();
        return reply.code(201).send(request.agent.taskId);
      }),
    );
    app.get(
      '/throw',
      guarded(() => {
        throw new Error('thrown');
      }),
    );
    app.get(
      '/reject',
      guarded(() => Promise.reject(new Error('rejected'))),
    );
    const get = async (url: string): Promise<unknown[]> => {
      const { statusCode, body } = await app.inject({ url, headers: bearer() });
      return [statusCode, body];
    };
    expect(await get('/send')).toEqual([200, 'task-1']);
    expect(await get('/async')).toEqual([201, 'task-1']);
    expect(await get('/throw')).toEqual([418, 'thrown']);
    expect(await get('/reject')).toEqual([418, 'rejected']);
  });

  it('is not run where the guard was forgotten, with the plugin and without', async () => {
    for (const plugin of [createAgentWrit({ broker: new ScriptedBroker() }).plugin, undefined]) {
      const app = server();
      if (plugin !== undefined) await app.register(plugin);
      const failures: string[] = [];
      app.setErrorHandler((error: Error, _request, reply) => {
        failures.push(error.message);
        return reply.code(500).send('sorry');
      });
      let calls = 0;
      app.get(
        '/',
        guarded(() => (calls += 1)),
      );
      const answer = await app.inject({ url: '/', headers: bearer() });
      expect([answer.statusCode, answer.body, calls]).toEqual([500, 'sorry', 0]);
      expect(failures).toEqual([expect.stringContaining('its route has no guard')]);
    }
  });

  it('is not run for a stranger where the guard is optional', async () => {
    const { app, agentwrit } = await guardedServer();
    let calls = 0;
    app.get(
      '/',
      { preHandler: agentwrit.authenticate({ optional: true }) },
      guarded(() => (calls += 1)),
    );
    expect((await app.inject('/')).statusCode).toBe(500);
    expect(calls).toBe(0);
    expect((await app.inject({ url: '/', headers: bearer() })).statusCode).toBe(200);
  });

  it('is not the only way: request.getDecorator() knows the agent, and that there may be none', async () => {
    const { app, agentwrit } = await guardedServer();
    app.get(
      '/',
      { preHandler: agentwrit.authenticate() },
      (request) => request.getDecorator<{ id: string }>('agent').id,
    );
    app.get('/open', (request) => String(request.getDecorator('agent')));
    expect((await app.inject({ url: '/', headers: bearer() })).body).toBe(AGENT_ID);
    expect((await app.inject('/open')).body).toBe('undefined');
  });
});
