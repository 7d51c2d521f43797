// The agent in Hono's context, behind the middleware only.

import {
  type Agent,
  type AgentWrit,
  type AgentWritOptions,
  createAgentWrit,
} from '@agentwrit/hono';
import { Hono } from 'hono';

const options: AgentWritOptions = { broker: 'http://127.0.0.1:8080', audience: 'orders' };
const agentwrit: AgentWrit = createAgentWrit(options);
export const app = new Hono();

app.get('/customers/:id', agentwrit.requireScope('read:data:customer-{id}', { maxAge: 0 }), (c) => {
  const agent: Agent = c.var.agent;
  const id: string = c.req.param('id');
  return c.json({ id, readBy: agent.id });
});
// @ts-expect-error No middleware, no agent.
app.get('/', (c) => c.text(String(c.var.agent)));
// @ts-expect-error A scope has three parts.
agentwrit.requireScope('read:data');
