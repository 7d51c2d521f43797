// Powers as text in → one user's offence dealt with, and nobody else touched, out.

import type { Agent, DelegatedToken } from '@agentwrit/client';
import { type ApiAnswer, facts, readAnswer, say, title } from '@agentwrit/example-setup';
import type { WorkPlace } from './claims.js';
import type { Post } from './forum.js';

// The other post of the queue, and whose it is: not what the powers are for.
const OTHER_POST = 'post-55123';
const OTHER_USER = 'usr-901';

/** What a process of the moderator's does with a token that reached it as a message. */
export async function takeOver(
  message: string,
  moderator: Agent,
  { app }: WorkPlace,
): Promise<DelegatedToken> {
  title('The moderator takes the token over, as text');
  // A token that names somebody else is none of ours, however it got here.
  const powers = await app.acceptDelegation(message, { to: moderator });
  facts({ subject: powers.agentId, scope: powers.scope.join(' ') });
  for (const { agent, scope, delegated_at } of powers.delegationChain) {
    facts({ 'handed on by': agent, 'which holds': scope.join(' '), at: delegated_at });
  }
  return powers;
}

/** Acts with the powers, reads with its own token: two tokens do not add up to one that does both. */
export async function dealWith(
  offence: Post,
  { moderator, powers }: { readonly moderator: Agent; readonly powers: DelegatedToken },
  { apiUrl, check }: WorkPlace,
): Promise<void> {
  title(`The moderator deals with ${offence.author}`);
  const attempt = async (
    what: string,
    [method, path]: readonly [method: string, path: string],
    as: Agent | DelegatedToken = powers,
  ): Promise<ApiAnswer> => {
    const answer = await readAnswer(as.fetch(`${apiUrl}${path}`, { method }));
    say(`${what}: ${answer.outcome}`);
    return answer;
  };
  const remove = (post: string): Promise<ApiAnswer> =>
    attempt(`delete ${post}`, ['DELETE', `/posts/${post}`]);
  const suspend = (user: string): Promise<ApiAnswer> =>
    attempt(`suspend ${user}`, ['PUT', `/users/${user}/suspension`]);

  const lead = powers.delegationChain[0]?.agent ?? '(nobody)';
  for (const { outcome, body } of [await remove(offence.id), await suspend(offence.author)]) {
    const seen = [outcome, String(body['by']), String(body['onBehalfOf'])];
    check('acts', seen, ['200', moderator.agentId, lead]);
  }

  const held = powers.scope.join(' ');
  const deletion = await remove(OTHER_POST);
  const suspension = await suspend(OTHER_USER);
  check('otherUser', deletion.outcome, `403 needs delete:posts:${OTHER_USER}, holds ${held}`);
  check('otherUser', suspension.outcome, `403 needs write:users:${OTHER_USER}, holds ${held}`);

  const own = await attempt('the queue, with its own token', ['GET', '/posts'], moderator);
  const delegated = await attempt('the queue, with this one', ['GET', '/posts']);
  check('twoTokens', own.outcome, '200');
  check('twoTokens', delegated.outcome, `403 needs read:posts:*, holds ${held}`);
}
