// The agent on a request of Express, and its parameters from the path.

import {
  type Agent,
  type AgentWrit,
  type AgentWritOptions,
  createAgentWrit,
} from '@agentwrit/express';
import express from 'express';

const options: AgentWritOptions = { broker: 'http://127.0.0.1:8080', audience: 'orders' };
const agentwrit: AgentWrit = createAgentWrit(options);
export const app = express();

app.use('/reports', agentwrit.requireScope('read:reports:*'));
app.get(
  '/customers/:id',
  agentwrit.requireScope('read:data:customer-{id}', { maxAge: 0 }),
  (req, res) => {
    const agent: Agent | undefined = req.agent;
    const id: string = req.params.id;
    // @ts-expect-error It may be absent.
    res.json({ id, readBy: agent.id });
  },
);
// @ts-expect-error A scope has three parts.
agentwrit.requireScope('read:data');
