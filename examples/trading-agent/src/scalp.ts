// A quick chance in → taken, with a credential for hardly longer than it takes, out.

import { say, title } from '@agentwrit/example-setup';
import { askBroker, DEAD } from './broker-word.js';
import { ORCHESTRATION, type WorkPlace } from './claims.js';
import { placeOrder } from './trades.js';

const SYMBOL = 'TSLA';

export async function scalp({ app, apiUrl, check }: WorkPlace): Promise<void> {
  title('Scalp: in and out within ten seconds');
  const agent = await app.createAgent({
    orchId: ORCHESTRATION,
    taskId: 'scalp-trade-20260409',
    scope: [`read:trades:${SYMBOL}`, `write:trades:${SYMBOL}`],
    maxTtl: 10,
  });
  try {
    const order = { apiUrl, symbol: SYMBOL, side: 'buy', shares: 50 } as const;
    const { outcome, body } = await placeOrder(agent, order);
    say(`lives for ${agent.expiresIn} s; buy ${String(body['shares'])} ${SYMBOL}: ${outcome}`);
    check('scalp', [agent.expiresIn, outcome, Number(body['shares'])], [10, '200', 50]);
  } finally {
    await agent.release();
  }
  const verdict = await askBroker(app, agent.accessToken);
  say(`released; the broker says: ${verdict}`);
  check('scalpDead', verdict, DEAD);
}
