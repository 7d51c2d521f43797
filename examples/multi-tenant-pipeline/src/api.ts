// A warehouse in → an API in front of it where each tenant's data has a scope of its own, out.

import { runningApi, type RunningApi } from '@agentwrit/example-setup';
import { type AgentWritOptions, createAgentWrit, guarded } from '@agentwrit/fastify';
import { fastify } from 'fastify';
import type { Report, Warehouse } from './warehouse.js';

interface OfTenant {
  Params: { tenant: string };
}

export async function startAnalyticsApi(
  { figures, baselines, reports }: Warehouse,
  options: AgentWritOptions,
): Promise<RunningApi> {
  const { plugin } = createAgentWrit(options);
  const app = fastify({ forceCloseConnections: true });
  // It does not start while a route is open by mistake.
  await app.register(plugin, { denyByDefault: true });

  app.get<OfTenant>(
    '/analytics/:tenant/figures',
    { config: { scope: 'read:analytics:{tenant}' } },
    (request, reply) => {
      const found = figures.get(request.params.tenant);
      return found ? { figures: found } : reply.code(404).send({ error: 'no such tenant' });
    },
  );

  app.get<OfTenant>(
    '/analytics/:tenant/baseline',
    { config: { scope: 'read:analytics:{tenant}' } },
    (request, reply) => {
      const baseline = baselines.get(request.params.tenant);
      return baseline === undefined
        ? reply.code(404).send({ error: 'no such tenant' })
        : { baseline };
    },
  );

  app.put<OfTenant & { Body: Pick<Report, 'total' | 'change'> }>(
    '/reports/:tenant',
    {
      config: { scope: 'write:reports:{tenant}' },
      schema: {
        body: {
          type: 'object',
          required: ['total', 'change'],
          properties: { total: { type: 'number' }, change: { type: 'number' } },
        },
      },
    },
    guarded((request) => {
      const { total, change } = request.body;
      const report: Report = { total, change, loadedBy: request.agent.id };
      reports.set(request.params.tenant, report);
      return report;
    }),
  );

  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return runningApi(url, () => app.close());
}
