// Orders in → an API in front of them that lets each agent reach what its credential names, and no more, out.

import { createServer } from 'node:http';
import { listen, type RunningApi } from '@agentwrit/example-setup';
import { type AgentWritOptions, assertGuarded, createAgentWrit, guarded } from '@agentwrit/express';
import express from 'express';
import type { Order } from './orders.js';

export function startOrdersApi(
  orders: ReadonlyMap<string, Order>,
  options: AgentWritOptions,
): Promise<RunningApi> {
  const { requireScope, close } = createAgentWrit(options);
  const app = express();

  app.get(
    '/customers/:customer/orders',
    requireScope('read:data:customer-{customer}'),
    guarded((req, res) => {
      const own = [...orders.values()].filter(({ customer }) => customer === req.params.customer);
      res.json({ orders: own, readBy: req.agent.id });
    }),
  );

  // Goods leave the house: the broker is asked every time, so that a dead credential ships nothing.
  app.post(
    '/orders/:order/ship',
    requireScope('write:data:order-{order}', { maxAge: 0 }),
    guarded((req, res) => {
      const order = orders.get(req.params.order);
      if (order === undefined) {
        res.status(404).json({ error: 'no such order' });
        return;
      }
      order.shipped = true;
      res.json({ order, shippedBy: req.agent.id });
    }),
  );

  assertGuarded(app);
  return listen(createServer(app), close);
}
