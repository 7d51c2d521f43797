// A holder and an order in → the API's answer to it out.

import type { Agent } from '@agentwrit/client';
import { type ApiAnswer, readAnswer } from '@agentwrit/example-setup';
import type { Order } from './market.js';

export function placeOrder(
  agent: Agent,
  { apiUrl, symbol, ...order }: Order & { readonly apiUrl: string; readonly symbol: string },
): Promise<ApiAnswer> {
  return readAnswer(
    agent.fetch(`${apiUrl}/orders/${symbol}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(order),
    }),
  );
}
