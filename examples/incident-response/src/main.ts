// A broker and the same API three times in → an incident handled, and how each API learnt of it, out.
// `npm run example incident-response` at the top of the repository.

import { setTimeout as sleep } from 'node:timers/promises';
import { createAuditFeed } from '@agentwrit/core';
import { callApi, facts, runOperatorExample, title } from '@agentwrit/example-setup';
import { type PartitionsApi, startPartitionsApi } from './api.js';
import { showTrail } from './audit-trail.js';
import { CLAIMS } from './claims.js';
import { IncidentCommand } from './incident-command.js';
import { respond } from './response.js';
import { Watch } from './watch.js';

// Seconds. Long, so that the broker is hardly ever asked: and so long would a dead token go on working, if the API
// did not learn of its end in another way.
const MAX_AGE = 60;

await runOperatorExample(
  { title: 'Incident response', claims: CLAIMS },
  async ({ app, brokerUrl: broker, operator, adminSecret, run, check }) => {
    // A minute ago: the broker's clock may differ.
    const since = new Date(Date.now() - 60_000);

    const feed = createAuditFeed({ broker, adminSecret, pollMs: 500 });
    await using told = await startPartitionsApi({ broker, maxAge: MAX_AGE });
    await using listening = await startPartitionsApi({ broker, maxAge: MAX_AGE, feed });
    await using unaware = await startPartitionsApi({ broker, maxAge: MAX_AGE });

    title(`The same API three times, each with a memory of ${MAX_AGE} s`);
    const feedState = await feedOf(listening);
    facts({
      told: 'the incident command tells it what is revoked',
      listening: `it reads the broker's audit log (${feedState})`,
      unaware: 'it learns when it asks the broker again',
    });
    check('inStep', feedState, 'in step');

    const command = new IncidentCommand(operator, told, check);
    const watch = new Watch(app, { told, listening, unaware });
    await respond({ app, command, watch, check, run });

    // Had it been behind, its verdicts would have aged faster, and that would have proven nothing.
    check('inStep', await feedOf(listening, 0), 'in step');
    await showTrail({ orders: command.orders, since }, { operator, check });
  },
);

/** Whether the API's feed is in step with the log; it may take a moment to get there. */
async function feedOf({ url }: PartitionsApi, patienceMs = 10_000): Promise<string> {
  const endsAt = performance.now() + patienceMs;
  for (;;) {
    const { feed } = (await callApi(`${url}/health`)).body;
    if (feed === 'in step' || performance.now() >= endsAt) return String(feed);
    await sleep(50);
  }
}
