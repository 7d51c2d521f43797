// A version to release in → released by an agent that could release nothing else, and no live token left, out.

import type { Agent, DelegatedToken } from '@agentwrit/client';
import { facts, say, title } from '@agentwrit/example-setup';
import { chainTree, type Holder } from './chain-tree.js';
import type { WorkPlace } from './claims.js';
import { handOnTooMuch, handOnTooOften } from './limits.js';
import { releaseByChain } from './release.js';

const ORCHESTRATION = 'deploy-pipeline';

/** Three agents, and two tokens by which the first lets the others act on its behalf. */
export async function runPipeline(version: string, place: WorkPlace): Promise<void> {
  const { app, check } = place;
  title('Three agents');
  await using orchestrator = await app.createAgent({
    orchId: ORCHESTRATION,
    taskId: `release-${version}`,
    scope: ['read:config:*', 'read:deploy:*', 'write:deploy:*'],
  });
  await using analyst = await app.createAgent({
    orchId: ORCHESTRATION,
    taskId: `review-${version}`,
    scope: ['read:config:*', 'read:deploy:*'],
  });
  await using deployer = await app.createAgent({
    orchId: ORCHESTRATION,
    taskId: `push-${version}`,
    scope: ['write:deploy:*'],
  });
  for (const { agentId, scope } of [orchestrator, analyst, deployer]) {
    facts({ agent: agentId, scope: scope.join(' ') });
  }

  title('The first hop: orchestrator to analyst');
  await using review = await orchestrator.delegate({
    to: analyst,
    // Releasing is in it because the analyst has to hand it on: nobody hands on what it does not hold.
    scope: ['read:config:production', 'read:deploy:web-service', 'write:deploy:web-service'],
    ttl: 120,
  });
  const first = await askForChain(review, place);
  check('first', [review.expiresIn, ...first], [120, ...flat(orchestrator, review)]);
  await handOnTooMuch(review, deployer, place);

  title('The second hop: analyst to deployer');
  await using push = await review.delegate({
    to: deployer,
    scope: ['write:deploy:web-service'],
    ttl: 60,
  });
  const second = await askForChain(push, place);
  check('second', [push.expiresIn, ...second], [60, ...flat(orchestrator, review, push)]);

  await releaseByChain(version, { orchestrator, review, push }, place);
  await handOnTooOften(version, push, [analyst, deployer], place);

  title('The pipeline ends');
  const tokens = [push, review, deployer, analyst, orchestrator];
  for (const token of tokens) await token.release();
  const verdicts = await Promise.all(tokens.map((token) => app.validate(token.accessToken)));
  const alive = verdicts.filter(({ valid }) => valid).length;
  say(`released ${tokens.length} tokens; alive: ${alive}`);
  check('dead', alive, 0);
}

/** Shows who has handed what on to whom: in the broker's words, not in those of who handed it on. */
async function askForChain(token: DelegatedToken, { app }: WorkPlace): Promise<readonly string[]> {
  const verdict = await app.validate(token.accessToken);
  if (!verdict.valid) throw new Error(`the broker does not vouch for it: ${verdict.error}`);
  const { delegation_chain: chain, sub, scope } = verdict.claims;
  const holders: readonly Holder[] = [...chain, { agent: sub, scope }];
  for (const line of chainTree(holders)) say(line);
  return holders.flatMap(({ agent, scope: held }) => [agent, ...held]);
}

function flat(...holders: readonly (Agent | DelegatedToken)[]): readonly string[] {
  return holders.flatMap(({ agentId, scope }) => [agentId, ...scope]);
}
