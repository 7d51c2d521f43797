// A broker in → the port that the routes are served on by Fastify out.

import { createAgentWrit } from '@agentwrit/fastify';
import { fastify, type FastifyRequest } from 'fastify';
import type { NodeApp } from './apps.js';
import { portOf } from './port.js';
import {
  describe,
  guardOptions,
  guardWith,
  type Reader,
  recordingOptions,
  renderingOptions,
  routesFor,
} from './routes.js';

const reader: Reader<FastifyRequest> = {
  method: (request) => request.method,
  param: (request, name) => (request.params as Record<string, string>)[name],
  header: (request, name) => request.headers[name]?.toString(),
};

export const fastifyApp: NodeApp = async (broker) => {
  const agentwrits = {
    main: createAgentWrit({ ...guardOptions, broker }),
    rendering: createAgentWrit({ ...renderingOptions(reader), broker }),
    recording: createAgentWrit({ ...recordingOptions, broker }),
  };
  const app = fastify();
  for (const { plugin } of Object.values(agentwrits)) await app.register(plugin);
  for (const { method, path, guards, behind } of routesFor(reader)) {
    const agentwrit = agentwrits[behind];
    app.route({
      method,
      url: path,
      preHandler: guards.map((guarding) => guardWith(agentwrit, guarding)),
      handler: (request) => describe(request.agent),
    });
  }
  const metadata = agentwrits.main.resourceMetadata();
  app.get(metadata.path, metadata.handler);
  await app.listen({ port: 0, host: '127.0.0.1' });
  return portOf(app.server.address());
};
