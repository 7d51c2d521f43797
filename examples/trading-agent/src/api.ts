// A market in → an API in front of it that lets each agent trade what its credential names out.

import { createServer } from 'node:http';
import { listen, type RunningApi } from '@agentwrit/example-setup';
import { type AgentWritOptions, assertGuarded, createAgentWrit } from '@agentwrit/hono';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { validator } from 'hono/validator';
import type { Market, Order } from './market.js';

export function startTradingApi(market: Market, options: AgentWritOptions): Promise<RunningApi> {
  const { requireScope, close } = createAgentWrit(options);
  const app = new Hono();

  app.get('/quotes/:symbol', requireScope('read:trades:{symbol}'), (c) => {
    const symbol = c.req.param('symbol');
    const price = market.quote(symbol);
    return price === undefined
      ? c.json({ error: 'no such symbol' }, 404)
      : c.json({ symbol, price });
  });

  app.post(
    '/orders/:symbol',
    requireScope('write:trades:{symbol}'),
    validator('json', (body: unknown, c) =>
      isOrder(body) ? body : c.json({ error: 'no order' }, 400),
    ),
    (c) => {
      const trade = market.trade(c.req.param('symbol'), c.req.valid('json'));
      if (trade === undefined) return c.json({ error: 'no such symbol' }, 404);
      return c.json({ ...trade, by: c.var.agent.id });
    },
  );

  assertGuarded(app);
  const listener = getRequestListener(app.fetch);
  return listen(
    createServer((request, response) => void listener(request, response)),
    close,
  );
}

function isOrder(body: unknown): body is Order {
  return (
    typeof body === 'object' &&
    body !== null &&
    'side' in body &&
    (body.side === 'buy' || body.side === 'sell') &&
    'shares' in body &&
    Number.isSafeInteger(body.shares) &&
    Number(body.shares) > 0
  );
}
