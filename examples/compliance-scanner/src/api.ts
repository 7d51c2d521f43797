// Resources in → the API that the scanned tokens are for out: each opens what its scope names.

import { createServer } from 'node:http';
import { listen, type RunningApi } from '@agentwrit/example-setup';
import { type AgentWritOptions, assertGuarded, createAgentWrit, guarded } from '@agentwrit/express';
import express from 'express';

export function startResourcesApi(options: AgentWritOptions): Promise<RunningApi> {
  const { requireScope, close } = createAgentWrit(options);
  const app = express();

  app.get(
    '/resources/:resource',
    requireScope('read:data:resource-{resource}'),
    guarded((req, res) => {
      res.json({ resource: req.params.resource, readBy: req.agent.id });
    }),
  );

  app.put(
    '/resources/:resource',
    requireScope('write:data:resource-{resource}'),
    guarded((req, res) => {
      res.json({ resource: req.params.resource, writtenBy: req.agent.id });
    }),
  );

  assertGuarded(app);
  return listen(createServer(app), close);
}
