// A trading agent: sessions that are longer than their tokens, and one that is not.
// `npm run example trading-agent` at the top of the repository.

import { note, runExample } from '@agentwrit/example-setup';
import { startTradingApi } from './api.js';
import { CLAIMS } from './claims.js';
import { letExpire } from './expiry.js';
import { createMarket } from './market.js';
import { scalp } from './scalp.js';
import { swing } from './swing.js';
import { watch } from './watch.js';

await runExample({ title: 'Trading agent', claims: CLAIMS }, async ({ app, brokerUrl, check }) => {
  // Money moves: the broker is asked on every call, so that a renewed token's predecessor is dead at once.
  await using api = await startTradingApi(createMarket(), { broker: brokerUrl, maxAge: 0 });
  note(`the trading API at ${api.url}; this takes about 20 seconds`);
  const place = { app, apiUrl: api.url, check };
  await swing(place);
  await scalp(place);
  await letExpire(place);
  await watch(place);
});
