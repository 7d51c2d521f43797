// The main job, end to end: a broker, an app, the same API on three frameworks, and an agent at work.
// `npm run demo` at the top of the repository.

import { randomBytes } from 'node:crypto';
import { explain, note, openOperatedBroker, title } from '@agentwrit/example-setup';
import { openAuditTrail } from './audit-trail.js';
import { startExpressApi } from './express-api.js';
import { startFastifyApi } from './fastify-api.js';
import { startHonoApi } from './hono-api.js';
import {
  createWorker,
  workOnOrder,
  workUntilRevoked,
  workWithoutBroker,
  type WorkPlace,
} from './order-worker.js';
import { Steps } from './steps.js';

// Short, so that nobody waits long to see a dead token refused. The default is 5.
const MAX_AGE_SECONDS = 1;

async function main(): Promise<boolean> {
  const steps = new Steps();
  await using broker = await openOperatedBroker(process.env);
  const isOurs = broker.stop !== undefined;
  title(isOurs ? 'An embedded broker, an app and its ceiling' : 'A given broker');
  note(`broker at ${broker.url}${isOurs ? ', nothing else installed' : ''}`);

  const trail = await openAuditTrail();
  const guard = { broker: broker.url, maxAge: MAX_AGE_SECONDS, onDecision: trail.sink };
  const apis = await Promise.all([
    startExpressApi(guard),
    startFastifyApi(guard),
    startHonoApi(guard),
  ]);
  try {
    const places = apis.map(
      (api): WorkPlace => ({
        api,
        app: broker.app,
        operator: broker.operator,
        maxAgeMs: MAX_AGE_SECONDS * 1000,
        run: randomBytes(4).toString('hex'),
        steps,
      }),
    );
    for (const place of places) {
      title(`The orders API on ${place.api.framework}, and an order worker`);
      note(`API at ${place.api.url}`);
      await workOnOrder(place);
      await workUntilRevoked(place);
    }

    title('The broker is stopped while agents hold live tokens');
    if (broker.stop) {
      const agents = [];
      for (const place of places)
        agents.push({ place, agent: await createWorker(place, 'outage') });
      await broker.stop();
      for (const { place, agent } of agents) {
        note(place.api.framework);
        await workWithoutBroker(place, agent);
      }
    } else {
      note('skipped: this broker is not ours to stop');
      for (const { framework } of apis) steps.skip('outage', framework);
    }
  } finally {
    await Promise.all(apis.map((api) => api.close()));
  }

  title(
    'What the three guards have on record: scopes granted and never needed, needed and never granted',
  );
  const isWhole = await trail.report();

  title('Summary');
  return steps.summarise(apis.map(({ framework }) => framework)).isAllAsExpected && isWhole;
}

try {
  const isAllAsExpected = await main();
  console.log(
    isAllAsExpected ? '\n  Every step came out as it should.\n' : '\n  Some steps differ.\n',
  );
  if (!isAllAsExpected) process.exitCode = 1;
} catch (error) {
  console.error(`\n  ${explain(error)}\n`);
  process.exitCode = 1;
}
