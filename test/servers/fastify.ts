// A broker in → the port that the routes are served on by Fastify out.

import { createAgentWrit } from '@agentwrit/fastify';
import { fastify } from 'fastify';
import type { NodeApp } from './apps.js';
import { portOf } from './port.js';
import { describe, guardOptions, routes } from './routes.js';

export const fastifyApp: NodeApp = async (broker) => {
  const { plugin, requireScope } = createAgentWrit({ ...guardOptions, broker });
  const app = fastify();
  await app.register(plugin);
  for (const { method, path, scopes, options = {} } of routes) {
    app.route({
      method,
      url: path,
      preHandler: requireScope(...scopes, options),
      handler: (request) => describe(request.agent),
    });
  }
  await app.listen({ port: 0, host: '127.0.0.1' });
  return portOf(app.server.address());
};
