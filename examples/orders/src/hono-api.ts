// The orders API on Hono.

import { createServer } from 'node:http';
import { listen } from '@agentwrit/example-setup';
import { createAgentWrit } from '@agentwrit/hono';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { createOrders, ordersOf } from './orders.js';
import type { StartOrdersApi } from './orders-api.js';

export const startHonoApi: StartOrdersApi = async (options) => {
  const orders = createOrders();
  const { requireScope, close } = createAgentWrit(options);
  const app = new Hono();

  app.get('/customers/:customer/orders', requireScope('read:data:customer-{customer}'), (c) =>
    c.json({ orders: ordersOf(orders, c.req.param('customer')), readBy: c.var.agent.id }),
  );

  app.post('/orders/:order/ship', requireScope('write:data:order-{order}'), (c) => {
    const order = orders.get(c.req.param('order'));
    if (order === undefined) return c.json({ error: 'no such order' }, 404);
    order.shipped = true;
    return c.json({ order, shippedBy: c.var.agent.id });
  });

  const listener = getRequestListener(app.fetch);
  const server = createServer((request, response) => void listener(request, response));
  return { framework: 'Hono', ...(await listen(server, close)) };
};
