// The agent on a request of Fastify, and its parameters as the route declares them.

import {
  type Agent,
  type AgentWrit,
  type AgentWritOptions,
  createAgentWrit,
} from '@agentwrit/fastify';
import { fastify } from 'fastify';

const options: AgentWritOptions = { broker: 'http://127.0.0.1:8080', audience: 'orders' };
const agentwrit: AgentWrit = createAgentWrit(options);
export const app = fastify();

await app.register(agentwrit.plugin);
app.get<{ Params: { id: string } }>(
  '/customers/:id',
  { preHandler: agentwrit.requireScope('read:data:customer-{id}', { maxAge: 0 }) },
  (request) => {
    const agent: Agent | undefined = request.agent;
    // @ts-expect-error It may be absent.
    return { id: request.params.id, readBy: agent.id };
  },
);
// @ts-expect-error A scope has three parts.
agentwrit.requireScope('read:data');
