// A queue with an offence in it → the offence dealt with, and no live token left behind, out.

import type { Agent, DelegatedToken } from '@agentwrit/client';
import { callApi, facts, say, title } from '@agentwrit/example-setup';
import type { WorkPlace } from './claims.js';
import { dealWith, takeOver } from './moderator.js';
import { powersOver, review } from './reviewer.js';

const ORCHESTRATION = 'content-moderation';

/** Three agents work off the queue, and go home. */
export async function workShift(place: WorkPlace): Promise<void> {
  const { app } = place;
  await using reviewer = await app.createAgent({
    orchId: ORCHESTRATION,
    taskId: 'review-queue-001',
    scope: ['read:posts:*', 'read:users:*'],
  });
  await using moderator = await app.createAgent({
    orchId: ORCHESTRATION,
    taskId: 'moderate-queue-001',
    scope: ['read:posts:*'],
  });
  const offence = await review(reviewer, moderator, place);

  await using lead = await app.createAgent({
    orchId: ORCHESTRATION,
    taskId: 'lead-queue-001',
    scope: ['delete:posts:*', 'write:users:*'],
  });
  const wanted = powersOver(offence.author);
  const message = await handOver(lead, moderator, wanted, place);
  await using powers = await takeOver(message, moderator, place);
  place.check('takenOver', [powers.agentId, ...powers.scope], [moderator.agentId, ...wanted]);
  const handedOnBy = powers.delegationChain.map(({ agent }) => agent);
  place.check('takenOver', handedOnBy, [lead.agentId]);
  await dealWith(offence, { moderator, powers }, place);
  await goHome([reviewer, moderator, lead], { powers, user: offence.author }, place);
}

/** @returns the token as text, for another process. Whoever takes it over has to release it. */
async function handOver(
  lead: Agent,
  moderator: Agent,
  scope: readonly string[],
  { check }: WorkPlace,
): Promise<string> {
  title('The lead hands two powers over one user on');
  const handed = await lead.delegate({ to: moderator, scope });
  facts({
    from: lead.agentId,
    'which holds': lead.scope.join(' '),
    to: handed.agentId,
    scope: handed.scope.join(' '),
    'lives for': `${handed.expiresIn} s`,
  });
  check('handed', [handed.agentId, ...handed.scope], [moderator.agentId, ...scope]);
  check('handed', handed.expiresIn, 60);
  const [link, ...more] = handed.delegationChain;
  check('handed', [more.length, link?.agent ?? ''], [0, lead.agentId]);
  check('handed', link?.scope ?? [], lead.scope);
  return handed.accessToken;
}

/** An agent's release ends its own token and no other: what was handed on has to be released by itself. */
async function goHome(
  agents: readonly Agent[],
  { powers, user }: { readonly powers: DelegatedToken; readonly user: string },
  { app, apiUrl, check }: WorkPlace,
): Promise<void> {
  const askBroker = async (token: string): Promise<string> => {
    const verdict = await app.validate(token);
    return verdict.valid ? 'valid' : verdict.error;
  };
  const suspend = async (): Promise<string> => {
    const url = `${apiUrl}/users/${user}/suspension`;
    const { outcome } = await callApi(url, { method: 'PUT', as: powers.bearerHeader });
    return outcome;
  };

  title('The agents go home');
  for (const agent of agents) {
    await agent.release();
    const verdict = await askBroker(agent.accessToken);
    say(`${agent.taskId} released; the broker says: ${verdict}`);
    check('agentsDead', verdict, 'token is invalid or expired');
  }
  const before = [await askBroker(powers.accessToken), await suspend()];
  say(`the powers are ${before[0]} all the same; suspend ${user} again: ${before[1]}`);
  check('outlives', before, ['valid', '200']);

  await powers.release();
  const after = [await askBroker(powers.accessToken), await suspend()];
  say(`released as well; the broker says: ${after[0]}; suspend ${user} again: ${after[1]}`);
  check('dead', after, ['token is invalid or expired', '401 invalid_token']);
}
