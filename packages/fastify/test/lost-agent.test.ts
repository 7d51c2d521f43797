// Hooks that go on in a context of their own, as a callback of a connection pool does: the agent is brought back.

import { AsyncResource } from 'node:async_hooks';
import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import { describe, expect, it } from 'vitest';
import { bearer } from '../../core/test/fixtures.js';
import { guarded } from '../src/index.js';
import { currentAgent } from '../src/current-agent.js';
import { guardedServer } from './server.js';

type Hook = (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction) => void;

const whoami = (): string => currentAgent()?.taskId ?? 'nobody';

/** Each has a context of its own, from when the server was set up. */
function losing(): Hook {
  const outside = new AsyncResource('outside');
  return (_request, _reply, done) => {
    outside.runInAsyncScope(done);
  };
}

function notes(): { seen: string[]; note: Hook } {
  const seen: string[] = [];
  return {
    seen,
    note(_request, _reply, done) {
      seen.push(whoami());
      done();
    },
  };
}

describe('an agent that a hook has lost', () => {
  it('is back from each step of the request to the next', async () => {
    const { app, agentwrit } = await guardedServer();
    const { seen, note } = notes();
    app.get(
      '/',
      {
        onRequest: [agentwrit.requireScope('read:data:7'), note, losing(), note],
        preValidation: [note, losing(), note],
        preHandler: note,
      },
      whoami,
    );
    expect((await app.inject({ url: '/', headers: bearer() })).body).toBe('task-1');
    expect(seen).toEqual(['task-1', 'nobody', 'task-1', 'nobody', 'task-1']);
  });

  it('is back where a route lets strangers in as well', async () => {
    const { app, agentwrit } = await guardedServer();
    app.get(
      '/',
      {
        config: { authenticate: { optional: true } },
        onRequest: agentwrit.requireScope('read:data:7'),
        preValidation: [
          (request, _reply, done) => {
            // To what the route says it is a stranger's request.
            request.raw.rawHeaders = [];
            delete request.headers.authorization;
            done();
          },
          losing(),
        ],
      },
      whoami,
    );
    expect((await app.inject({ url: '/', headers: bearer() })).body).toBe('task-1');
  });

  it('is back in a guarded() handler, whatever ran before it', async () => {
    const { app, agentwrit } = await guardedServer();
    const preHandler = [agentwrit.requireScope('read:data:7'), losing()];
    app.get('/plain', { preHandler }, whoami);
    app.get('/guarded', { preHandler }, guarded(whoami));
    const headers = bearer();
    expect((await app.inject({ url: '/plain', headers })).body).toBe('nobody');
    expect((await app.inject({ url: '/guarded', headers })).body).toBe('task-1');
  });

  it('is not brought to a request that has none', async () => {
    const { app } = await guardedServer();
    const { seen, note } = notes();
    app.get('/', { preValidation: note, preHandler: [losing(), note] }, whoami);
    expect((await app.inject({ url: '/', headers: bearer() })).body).toBe('nobody');
    expect(seen).toEqual(['nobody', 'nobody']);
  });
});
