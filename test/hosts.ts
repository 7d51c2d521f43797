// The same routes on every framework, each on a real loopback port (and Hono in memory as well).

import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Agent, GuardOptions, RouteOptions, Scope } from '@agentwrit/core';
import { createAgentWrit as createForExpress } from '@agentwrit/express';
import { createAgentWrit as createForFastify } from '@agentwrit/fastify';
import { createAgentWrit as createForHono } from '@agentwrit/hono';
import { serve } from '@hono/node-server';
import express5 from 'express';
import express4 from 'express4';
import { fastify } from 'fastify';
import { Hono } from 'hono';

/** One route: the same pattern syntax serves all three frameworks. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly scopes: readonly [Scope, ...Scope[]];
  readonly options?: RouteOptions;
}

export interface Exchange {
  readonly method: string;
  /** As it stands in the request line. */
  readonly target: string;
  /** Repeated names allowed. */
  readonly headers: readonly (readonly [string, string])[];
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** A running application. */
export interface Host {
  send(exchange: Exchange): Promise<Answer>;
  close(): Promise<void>;
}

/** What a handler behind the guard answers: what it can see of the caller. */
function describe(agent: Agent | undefined): Record<string, unknown> {
  return { id: agent?.id, task: agent?.taskId, source: agent?.proof.source };
}

type StartHost = (options: GuardOptions, routes: readonly Route[]) => Promise<Host>;

function expressHost(express: typeof express5): StartHost {
  return async (options, routes) => {
    const agentwrit = createForExpress(options);
    const app = express();
    for (const { method, path, scopes, options: routeOptions = {} } of routes) {
      const guard = agentwrit.requireScope(...scopes, routeOptions);
      app[method === 'GET' ? 'get' : 'post'](path, guard, (req, res) => {
        res.json(describe(req.agent));
      });
    }
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return overSocket(server, () => agentwrit.close());
  };
}

const fastifyHost: StartHost = async (options, routes) => {
  const agentwrit = createForFastify(options);
  const app = fastify();
  await app.register(agentwrit.plugin);
  for (const { method, path, scopes, options: routeOptions = {} } of routes) {
    app.route({
      method,
      url: path,
      preHandler: agentwrit.requireScope(...scopes, routeOptions),
      handler: (request) => describe(request.agent),
    });
  }
  await app.listen({ port: 0, host: '127.0.0.1' });
  return overSocket(app.server, () => app.close());
};

function honoApp(
  options: GuardOptions,
  routes: readonly Route[],
): { app: Hono; close: () => Promise<void> } {
  const agentwrit = createForHono(options);
  const app = new Hono();
  for (const { method, path, scopes, options: routeOptions = {} } of routes) {
    app.on(method, path, agentwrit.requireScope(...scopes, routeOptions), (c) =>
      c.json(describe(c.var.agent)),
    );
  }
  return { app, close: () => agentwrit.close() };
}

const honoHost: StartHost = async (options, routes) => {
  const { app, close } = honoApp(options, routes);
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
  await once(server, 'listening');
  return overSocket(server as Server, close);
};

const honoInMemoryHost: StartHost = (options, routes) => {
  const { app, close } = honoApp(options, routes);
  return Promise.resolve({
    async send({ method, target, headers }) {
      const received = new Headers();
      for (const [name, value] of headers) received.append(name, value);
      const answer = await app.request(target, { method, headers: received });
      return {
        status: answer.status,
        headers: Object.fromEntries(answer.headers),
        body: await answer.text(),
      };
    },
    close,
  });
};

function overSocket(server: Server, close: () => Promise<unknown>): Host {
  const { port } = server.address() as AddressInfo;
  return {
    async send({ method, target, headers }) {
      const request = httpRequest({
        host: '127.0.0.1',
        port,
        method,
        path: target,
        headers: ['Host', 'localhost', 'Content-Length', '0', ...headers.flat()],
        agent: false,
      });
      request.end();
      const [answer] = (await once(request, 'response')) as [IncomingMessage];
      let body = '';
      for await (const chunk of answer) body += String(chunk);
      return {
        status: answer.statusCode ?? 0,
        headers: Object.fromEntries(
          Object.entries(answer.headers).map(([name, value]) => [name, value?.toString()]),
        ),
        body,
      };
    },
    async close() {
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
      await close();
    },
  };
}

export const hosts: readonly { readonly name: string; readonly start: StartHost }[] = [
  { name: 'Express 5', start: expressHost(express5) },
  { name: 'Express 4', start: expressHost(express4) },
  { name: 'Fastify 5', start: fastifyHost },
  { name: 'Hono 4 on Node', start: honoHost },
  { name: 'Hono 4 in memory', start: honoInMemoryHost },
];
