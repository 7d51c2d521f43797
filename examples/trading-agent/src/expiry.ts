// A credential that nobody renews in → what is left of it after its time out.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Agent, AuthorityLostError } from '@agentwrit/client';
import { callApi, callUntilRefused, readAnswer, say, title } from '@agentwrit/example-setup';
import { askBroker, DEAD } from './broker-word.js';
import { ORCHESTRATION, type WorkPlace } from './claims.js';

const SYMBOL = 'SPY';

// A token is good up to the end of its last second. More would mean that the broker forgets to end it.
const LIMIT_MS = 5000;

export async function letExpire({ app, apiUrl, check }: WorkPlace): Promise<void> {
  title('Expiry: five seconds, and nobody renews');
  const quotes = `${apiUrl}/quotes/${SYMBOL}`;
  await using agent = await app.createAgent({
    orchId: ORCHESTRATION,
    taskId: 'expired-test',
    scope: [`read:trades:${SYMBOL}`],
    maxTtl: 5,
  });
  const before = await askBroker(app, agent.accessToken);
  const allowed = await readAnswer(agent.fetch(quotes));
  say(`lives for ${agent.expiresIn} s; the broker: ${before}; the API: ${allowed.outcome}`);
  check('valid', [agent.expiresIn, before, allowed.outcome], [5, 'valid', '200']);

  await sleep(Math.max(0, agent.expiresAt.getTime() - Date.now()));
  await callUntilRefused(quotes, agent.bearerHeader, LIMIT_MS);
  const after = await askBroker(app, agent.accessToken);
  const refused = await callApi(quotes, { as: agent.bearerHeader });
  say(`after that; the broker: ${after}; the API: ${refused.outcome}`);
  check('expired', [after, refused.outcome], [DEAD, '401 invalid_token']);

  const lost = await keepAliveTooLate(agent);
  say(`who begins to keep it alive now: ${lost?.code ?? 'is told nothing'}`);
  check(
    'lost',
    [lost?.code ?? 'nothing', lost?.agentId ?? 'nobody'],
    ['authority_lost', agent.agentId],
  );

  // A dead token is as good as released: no error, and whoever tidies up need not ask first.
  await agent.release();
  say(`released: ${agent.released ? 'yes' : 'no'}, without an error`);
  check('harmless', agent.released, true);
}

/** @returns what the keeper says when renewing is no longer possible; it says so once, and stops */
function keepAliveTooLate(agent: Agent): Promise<AuthorityLostError | undefined> {
  const lost = new Promise<AuthorityLostError>((resolve) => {
    agent.keepAlive({ onLost: resolve });
  });
  return Promise.race([lost, sleep(LIMIT_MS, undefined, { ref: false })]);
}
