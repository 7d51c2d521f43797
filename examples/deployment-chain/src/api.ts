// A platform in → an API in front of it that tells environments, services, and the length of chains apart, out.

import { type RunningApi, runningApi } from '@agentwrit/example-setup';
import { type AgentWritOptions, createAgentWrit, guarded } from '@agentwrit/fastify';
import { fastify } from 'fastify';
import type { Platform } from './platform.js';

export async function startPlatformApi(
  { config, services, deployments }: Platform,
  options: AgentWritOptions,
): Promise<RunningApi> {
  const { plugin } = createAgentWrit(options);
  const app = fastify({ forceCloseConnections: true });
  await app.register(plugin, { denyByDefault: true });

  app.get<{ Params: { environment: string } }>(
    '/config/:environment',
    { config: { scope: 'read:config:{environment}' } },
    ({ params }, reply) =>
      config.get(params.environment) ?? reply.code(404).send({ error: 'no such environment' }),
  );

  app.get<{ Params: { service: string } }>(
    '/services/:service',
    { config: { scope: 'read:deploy:{service}' } },
    ({ params: { service } }, reply) => {
      const version = services.get(service);
      return version ? { service, version } : reply.code(404).send({ error: 'no such service' });
    },
  );

  app.post<{ Params: { service: string; version: string } }>(
    '/services/:service/releases/:version',
    {
      config: {
        scope: {
          all: ['write:deploy:{service}'],
          // What goes live is asked about every time,
          maxAge: 0,
          // and whoever releases has had it from the orchestrator by way of one other at most.
          delegation: { maxDepth: 2 },
        },
      },
    },
    guarded(({ params: { service, version }, agent }, reply) => {
      if (!services.has(service)) return reply.code(404).send({ error: 'no such service' });
      services.set(service, version);
      const onBehalfOf = agent.delegation.map((link) => link.agent);
      deployments.push({ service, version, by: agent.id, onBehalfOf });
      return { service, version };
    }),
  );

  return runningApi(await app.listen({ port: 0, host: '127.0.0.1' }), () => app.close());
}
