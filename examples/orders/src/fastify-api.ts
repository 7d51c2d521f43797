// The orders API on Fastify.

import { createAgentWrit } from '@agentwrit/fastify';
import { runningApi } from '@agentwrit/example-setup';
import { fastify } from 'fastify';
import { createOrders, ordersOf } from './orders.js';
import type { StartOrdersApi } from './orders-api.js';

export const startFastifyApi: StartOrdersApi = async (options) => {
  const orders = createOrders();
  const { plugin, requireScope } = createAgentWrit(options);
  const app = fastify({ forceCloseConnections: true });
  await app.register(plugin);

  app.get<{ Params: { customer: string } }>(
    '/customers/:customer/orders',
    { preHandler: requireScope('read:data:customer-{customer}') },
    (request) => ({
      orders: ordersOf(orders, request.params.customer),
      readBy: request.agent?.id,
    }),
  );

  app.post<{ Params: { order: string } }>(
    '/orders/:order/ship',
    { preHandler: requireScope('write:data:order-{order}') },
    (request, reply) => {
      const order = orders.get(request.params.order);
      if (order === undefined) return reply.code(404).send({ error: 'no such order' });
      order.shipped = true;
      return { order, shippedBy: request.agent?.id };
    },
  );

  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return { framework: 'Fastify', ...runningApi(url, () => app.close()) };
};
