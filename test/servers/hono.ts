// A broker in → Hono's routes as one function from request to response out, for any runtime.

import { type Agent, createAgentWrit } from '@agentwrit/hono';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import type { CreateFetch } from './apps.js';
import {
  describe,
  guardOptions,
  guardWith,
  type Reader,
  recordingOptions,
  renderingOptions,
  routesFor,
} from './routes.js';

const reader: Reader<Context> = {
  method: (c) => c.req.method,
  param: (c, name) => c.req.param(name),
  header: (c, name) => c.req.header(name),
};

export const createFetch: CreateFetch = (broker) => {
  const agentwrits = {
    main: createAgentWrit({ ...guardOptions, broker }),
    rendering: createAgentWrit({ ...renderingOptions(reader), broker }),
    recording: createAgentWrit({ ...recordingOptions, broker }),
  };
  const app = new Hono<{ Variables: { agent?: Agent } }>();
  for (const { method, path, guards, behind } of routesFor(reader)) {
    const agentwrit = agentwrits[behind];
    const handlers = guards.map((guarding) =>
      guardWith<MiddlewareHandler, Context>(agentwrit, guarding),
    );
    app.on(method, [path], ...handlers);
    app.on(method, [path], (c) => c.json(describe(c.get('agent'))));
  }
  const metadata = agentwrits.main.resourceMetadata();
  app.get(metadata.path, metadata.handler);
  return (request, env) => app.fetch(request, env);
};
