// The orders API on Express.

import { createServer } from 'node:http';
import { listen } from '@agentwrit/example-setup';
import { createAgentWrit } from '@agentwrit/express';
import express from 'express';
import { createOrders, ordersOf } from './orders.js';
import type { StartOrdersApi } from './orders-api.js';

export const startExpressApi: StartOrdersApi = async (options) => {
  const orders = createOrders();
  const { requireScope, close } = createAgentWrit(options);
  const app = express();

  app.get(
    '/customers/:customer/orders',
    requireScope('read:data:customer-{customer}'),
    (req, res) => {
      res.json({ orders: ordersOf(orders, req.params.customer), readBy: req.agent?.id });
    },
  );

  app.post('/orders/:order/ship', requireScope('write:data:order-{order}'), (req, res) => {
    const order = orders.get(req.params.order);
    if (order === undefined) {
      res.status(404).json({ error: 'no such order' });
      return;
    }
    order.shipped = true;
    res.json({ order, shippedBy: req.agent?.id });
  });

  const server = createServer(app);
  return { framework: 'Express', ...(await listen(server, close)) };
};
