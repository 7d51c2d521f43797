// A chain of delegations in → where it ends: at what is held, at what the API wants, and at five, out.

import { type Agent, type DelegatedToken, DelegationError } from '@agentwrit/client';
import { say, title } from '@agentwrit/example-setup';
import { chainTree } from './chain-tree.js';
import type { WorkPlace } from './claims.js';
import { attempt, release } from './release.js';

/** Asks for something that was not handed on, and learns without a call to the broker what is missing. */
export async function handOnTooMuch(
  review: DelegatedToken,
  deployer: Agent,
  { check }: WorkPlace,
): Promise<void> {
  const scope = ['write:deploy:payment-svc'];
  const refusal = await refusalHere(review.delegate({ to: deployer, scope }));
  const missing = refusal?.missing ?? [];
  say(`hand on ${scope.join(' ')}: missing ${missing.join(' ') || 'nothing'}`);
  check('notPassedOn', missing, scope);
}

/** Hands the token on, less long each time, until there is no further. */
export async function handOnTooOften(
  version: string,
  push: DelegatedToken,
  [analyst, deployer]: readonly [Agent, Agent],
  place: WorkPlace,
): Promise<void> {
  const { app, check } = place;
  title('Handed on as often as possible');
  const { scope } = push;
  await using third = await push.delegate({ to: analyst, scope, ttl: 30 });
  await using fourth = await third.delegate({ to: deployer, scope, ttl: 20 });
  await using fifth = await fourth.delegate({ to: analyst, scope, ttl: 10 });
  const { agentId: agent, delegationChain } = fifth;
  for (const line of chainTree([...delegationChain, { agent, scope }])) say(line);

  const { valid } = await app.validate(fifth.accessToken);
  say(`the broker on a chain of ${delegationChain.length}: ${valid ? 'valid' : 'invalid'}`);
  check('tooFar', valid ? 'valid' : 'invalid', 'valid');
  for (const token of [third, fifth]) {
    const what = `release web-service after hop ${token.delegationChain.length}`;
    const call = { ...release('web-service', version), what };
    check('tooFar', await attempt(call, token, place), '403 policy_denied');
  }

  const refusal = await refusalHere(fifth.delegate({ to: deployer, scope, ttl: 5 }));
  say(`the sixth hop: ${refusal?.message ?? 'handed on'}`);
  check('sixth', [delegationChain.length, refusal?.name ?? 'handed on'], [5, 'DelegationError']);
}

/** @returns why nothing was sent to the broker; `undefined` when it was handed on, which is undone */
async function refusalHere(
  delegation: Promise<DelegatedToken>,
): Promise<DelegationError | undefined> {
  try {
    const handed = await delegation;
    await handed.release();
    return undefined;
  } catch (error) {
    if (error instanceof DelegationError) return error;
    throw error;
  }
}
