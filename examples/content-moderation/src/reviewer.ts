// A queue of reported posts in → the offence that somebody should act on out.

import { type Agent, DelegationError } from '@agentwrit/client';
import { readAnswer, say, title } from '@agentwrit/example-setup';
import type { WorkPlace } from './claims.js';
import type { Post } from './forum.js';

/** The reviewer reads. It finds that it can neither act nor give others the power to. */
export async function review(
  reviewer: Agent,
  moderator: Agent,
  { apiUrl, check }: WorkPlace,
): Promise<Post> {
  title('The reviewer reads, and that is all it may do');
  const queue = await readAnswer(reviewer.fetch(`${apiUrl}/posts`));
  const offence = readOffence(queue.body['posts']);
  say(`the queue: ${queue.outcome}; ${offence.id} of ${offence.author}: ${offence.reportedFor}`);
  const author = await readAnswer(reviewer.fetch(`${apiUrl}/users/${offence.author}`));
  say(`who is ${offence.author}: ${author.outcome}`);
  check('reads', [queue.outcome, author.outcome], ['200', '200']);

  for (const agent of [reviewer, moderator]) {
    const { outcome } = await readAnswer(
      agent.fetch(`${apiUrl}/posts/${offence.id}`, { method: 'DELETE' }),
    );
    say(`${agent.taskId} deletes ${offence.id}: ${outcome}`);
    const held = agent.scope.join(' ');
    check('deletesNothing', outcome, `403 needs delete:posts:${offence.author}, holds ${held}`);
  }

  const powers = powersOver(offence.author);
  const missing = await missingToDelegate(reviewer, moderator, powers);
  say(`${reviewer.taskId} hands on what it takes: missing ${missing.join(' ') || 'nothing'}`);
  check('notHeld', missing, powers);
  return offence;
}

/** What it takes to deal with one user: two scopes that say nothing about any other. */
export function powersOver(user: string): readonly string[] {
  return [`delete:posts:${user}`, `write:users:${user}`];
}

/** Tries, and learns without a call to the broker what the delegator would have to hold. */
async function missingToDelegate(
  from: Agent,
  to: Agent,
  scope: readonly string[],
): Promise<readonly string[]> {
  try {
    const handed = await from.delegate({ to, scope });
    await handed.release();
    return [];
  } catch (error) {
    if (error instanceof DelegationError) return error.missing;
    throw error;
  }
}

function readOffence(posts: unknown): Post {
  const all: unknown[] = Array.isArray(posts) ? posts : [];
  const offence = all.find(isPost);
  if (offence === undefined) throw new Error('nobody has reported harassment');
  return offence;
}

function isPost(value: unknown): value is Post {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    typeof value.id === 'string' &&
    'author' in value &&
    typeof value.author === 'string' &&
    'reportedFor' in value &&
    value.reportedFor === 'harassment'
  );
}
