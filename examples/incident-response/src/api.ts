// Partitions of data in → an API in front of them out, which remembers what the broker said, and can be told that
// it counts no more.

import { runningApi, type RunningApi } from '@agentwrit/example-setup';
import {
  type AgentWrit,
  type AgentWritOptions,
  createAgentWrit,
  guarded,
} from '@agentwrit/fastify';
import { fastify } from 'fastify';

interface OfPartition {
  Params: { partition: string };
}

export interface PartitionsApi extends RunningApi {
  /** To be called once the broker has revoked: what the guard was told before is void, and it asks again. */
  readonly revoke: AgentWrit['revoke'];
}

export async function startPartitionsApi(options: AgentWritOptions): Promise<PartitionsApi> {
  const { plugin, revoke, stats } = createAgentWrit(options);
  const app = fastify({ forceCloseConnections: true });
  // It does not start while a route is open by mistake.
  await app.register(plugin, { denyByDefault: true });

  app.get<OfPartition>(
    '/partitions/:partition',
    { config: { scope: 'read:data:partition-{partition}' } },
    guarded(({ params, agent }) => ({
      partition: params.partition,
      readBy: agent.id,
      // Where the guard had the broker's word from.
      proof: agent.proof.source,
    })),
  );

  app.put<OfPartition>(
    '/partitions/:partition',
    { config: { scope: 'write:data:partition-{partition}' } },
    guarded(({ params, agent }) => ({
      partition: params.partition,
      writtenBy: agent.id,
      proof: agent.proof.source,
    })),
  );

  // For those who watch over the API: verdicts may only be old while the feed is in step.
  app.get('/health', { config: { publicRoute: true } }, () => ({ feed: stats().feed }));

  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return { ...runningApi(url, () => app.close()), revoke };
}
