// The orders API on Express.

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
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

  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    framework: 'Express',
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await close();
    },
  };
};
