// A long watch in → every call of it answered, with a credential that lives for ten seconds, out.

import { setTimeout as sleep } from 'node:timers/promises';
import { fingerprint, readAnswer, say, title } from '@agentwrit/example-setup';
import { askBroker, DEAD } from './broker-word.js';
import { ORCHESTRATION, type WorkPlace } from './claims.js';

const SYMBOL = 'NVDA';
const PAUSE_MS = 200;

// A token is good up to the end of its last second: this is past it.
const BEYOND_MS = 1200;

/** A short credential for long work: should the agent vanish, nothing of it is left for long. */
export async function watch({ app, apiUrl, check }: WorkPlace): Promise<void> {
  title('Watch: longer than the credential lives, and kept alive');
  const agent = await app.createAgent({
    orchId: ORCHESTRATION,
    taskId: 'watch-20260409',
    scope: [`read:trades:${SYMBOL}`],
    maxTtl: 10,
  });
  const startedAt = performance.now();
  const elapsedMs = (): number => performance.now() - startedAt;
  const seconds = (): string => `${(elapsedMs() / 1000).toFixed(1)} s`;
  const lifeMs = agent.expiresIn * 1000;
  let renewals = 0;
  try {
    say(`lives for ${agent.expiresIn} s`);
    using alive = agent.keepAlive({
      onRenewed() {
        renewals += 1;
        say(`${seconds()}: renewed, now ${fingerprint(agent.accessToken)}`);
      },
      onMissed: (error) => say(`${seconds()}: not renewed yet: ${error.message}`),
      onLost: (error) => say(`${seconds()}: ${error.message}`),
    });
    const outcomes: string[] = [];
    while (elapsedMs() < lifeMs + BEYOND_MS) {
      // Were the authority lost, the call would end with that error, and the loop with it.
      const call = agent.fetch(`${apiUrl}/quotes/${SYMBOL}`, { signal: alive.signal });
      outcomes.push((await readAnswer(call)).outcome);
      await sleep(PAUSE_MS);
    }
    const all = [...new Set(outcomes)];
    say(`${seconds()}: ${outcomes.length} quotes, each of them ${all.join(' or ')}`);
    check('watch', all, ['200']);
    check('outlived', [agent.expiresIn, renewals > 0 ? 'renewed' : 'not renewed'], [10, 'renewed']);
  } finally {
    await agent.release();
  }
  const verdict = await askBroker(app, agent.accessToken);
  say(`released; the broker says: ${verdict}`);
  check('watchDead', verdict, DEAD);
}
