// `--customer` and `--order` in → that order handled by an agent that may do nothing else.
// `npm run example order-worker` at the top of the repository.

import { parseArgs } from 'node:util';
import { note, runExample } from '@agentwrit/example-setup';
import { startOrdersApi } from './api.js';
import { CLAIMS, workOnOrder } from './order-worker.js';
import { createOrders } from './orders.js';

await runExample({ title: 'Order worker', claims: CLAIMS }, async ({ app, brokerUrl, check }) => {
  const { customer, order } = parseArgs({
    options: {
      customer: { type: 'string', default: 'cust-7291' },
      order: { type: 'string', default: 'ord-4823' },
    },
  }).values;

  const orders = createOrders({ id: order, customer });
  await using api = await startOrdersApi(orders, { broker: brokerUrl, maxAge: 1 });
  note(`the orders API at ${api.url}`);
  await workOnOrder({ customer, order }, { app, apiUrl: api.url, check });
});
