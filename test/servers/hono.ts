// A broker in → Hono's routes as one function from request to response out, for any runtime.

import { createAgentWrit } from '@agentwrit/hono';
import { Hono } from 'hono';
import type { CreateFetch } from './apps.js';
import { describe, guardOptions, routes } from './routes.js';

export const createFetch: CreateFetch = (broker) => {
  const { requireScope } = createAgentWrit({ ...guardOptions, broker });
  const app = new Hono();
  for (const { method, path, scopes, options = {} } of routes) {
    app.on(method, path, requireScope(...scopes, options), (c) => c.json(describe(c.var.agent)));
  }
  return (request, env) => app.fetch(request, env);
};
