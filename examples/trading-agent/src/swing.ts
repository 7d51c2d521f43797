// A position to sell well in → sold, by one agent with a new token in each cycle, out.

import type { Agent } from '@agentwrit/client';
import { callApi, facts, fingerprint, readAnswer, say, title } from '@agentwrit/example-setup';
import { askBroker, DEAD } from './broker-word.js';
import { ORCHESTRATION, type WorkPlace } from './claims.js';
import { placeOrder } from './trades.js';

const SYMBOL = 'AAPL';
const SELL_AT = 188;
const CYCLES = 3;

/** A session that goes on for longer than any one token of it. */
export async function swing(place: WorkPlace): Promise<void> {
  const { app, check } = place;
  title(`Swing: ${CYCLES} cycles, renewed by hand in each`);
  const agent = await app.createAgent({
    orchId: ORCHESTRATION,
    taskId: 'swing-trade-20260409',
    scope: [`read:trades:${SYMBOL}`, `write:trades:${SYMBOL}`],
    maxTtl: 300,
  });
  try {
    facts({
      agent: agent.agentId,
      scope: agent.scope.join(' '),
      'lives for': `${agent.expiresIn} s`,
    });
    const seen: (string | number)[] = [];
    for (let cycle = 1; cycle <= CYCLES; cycle += 1) {
      seen.push(...(await trade(agent, cycle, place)));
      await renew(agent, place);
    }
    check('quotes', seen, [187.42, 'HOLD', 187.95, 'HOLD', 188.48, 'SELL']);
  } finally {
    await agent.release();
  }
  const verdict = await askBroker(app, agent.accessToken);
  say(`released; the broker says: ${verdict}`);
  check('swingDead', verdict, DEAD);
}

/** One look at the price, and what follows from it. */
async function trade(
  agent: Agent,
  cycle: number,
  { apiUrl, check }: WorkPlace,
): Promise<readonly [price: number, signal: string]> {
  const quote = await readAnswer(agent.fetch(`${apiUrl}/quotes/${SYMBOL}`));
  const price = Number(quote.body['price']);
  const signal = price >= SELL_AT ? 'SELL' : 'HOLD';
  say(`cycle ${cycle}: ${SYMBOL} at ${price}: ${signal}`);
  if (signal === 'SELL') {
    const order = { apiUrl, symbol: SYMBOL, side: 'sell', shares: 100 } as const;
    const { outcome, body } = await placeOrder(agent, order);
    say(`sell ${String(body['shares'])} at ${String(body['price'])}: ${outcome}`);
    check(
      'sale',
      [outcome, Number(body['shares']), String(body['by'])],
      ['200', 100, agent.agentId],
    );
  }
  return [price, signal];
}

/** A new token for the same agent. The old one, wherever somebody still has it, is worth nothing. */
async function renew(agent: Agent, { app, apiUrl, check }: WorkPlace): Promise<void> {
  const { accessToken: old, bearerHeader: oldHeader } = agent;
  await agent.renew();
  const { accessToken, expiresIn } = agent;
  say(`renewed: ${fingerprint(old)} became ${fingerprint(accessToken)}, for ${expiresIn} s`);
  check('renewed', [accessToken === old ? 'the same' : 'another', expiresIn], ['another', 300]);

  const verdict = await app.validate(accessToken);
  check('sameAgent', verdict.valid ? verdict.claims.sub : verdict.error, agent.agentId);

  const atBroker = await askBroker(app, old);
  const { outcome } = await callApi(`${apiUrl}/quotes/${SYMBOL}`, { as: oldHeader });
  say(`the old one: ${atBroker}; at the API: ${outcome}`);
  check('oldDead', [atBroker, outcome], [DEAD, '401 invalid_token']);
}
