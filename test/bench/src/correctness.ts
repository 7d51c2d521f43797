// A running server in → nothing out, or an error that says which of its answers is wrong: what does not do the job
// is not measured.

import { forge } from './bad-tokens.js';
import type { IssuedToken } from './programs/broker.js';
import type { Exchange } from './programs/load.js';
import { NOBODY } from './servers/settings.js';
import { OTHER_SCOPE, type RunningServer, type World } from './world.js';

/** @throws Error naming the server and what it answered in place of what */
export async function assertCorrect(world: World, server: RunningServer): Promise<void> {
  const { isGuard, name } = server.variant;
  const where = `${name} on ${server.framework}`;
  const expect = (what: string, answer: Exchange, wanted: Exchange): void => {
    if (isAsWanted(answer, wanted)) return;
    const { status, body } = answer;
    throw new Error(
      `${where} answers ${what} with ${status} ${body.slice(0, 100)} instead of ${wanted.status} ${wanted.body}`,
    );
  };

  const answers = await world.load.call('ask', { target: server.target, tokens: 'many' });
  for (const [index, answer] of answers.entries()) {
    expect('a good token', answer, good(isGuard ? world.tokens[index]?.by : NOBODY));
  }
  const [other] = await world.broker.call('issue', { count: 1, scope: OTHER_SCOPE });
  const bad = badTokens(world.tokens[0], other);
  await world.load.call('keep', { name: 'bad', tokens: bad.map(({ token }) => token) });
  const refusals = await world.load.call('ask', { target: server.target, tokens: 'bad' });
  for (const [index, { what, status }] of bad.entries()) {
    const answer = refusals[index];
    if (answer === undefined) throw new Error(`${where} does not answer ${what}`);
    expect(what, answer, isGuard ? { status, body: '' } : good(NOBODY));
  }
}

/** Every guard has its own words for a refusal; what it lets through is answered alike. */
export function isAsWanted({ status, body }: Exchange, wanted: Exchange): boolean {
  return status === wanted.status && (status !== 200 || body === wanted.body);
}

function good(by = ''): Exchange {
  return { status: 200, body: JSON.stringify({ id: '7', by }) };
}

function badTokens(
  one: IssuedToken | undefined,
  other: IssuedToken | undefined,
): readonly { readonly what: string; readonly token: string | null; readonly status: number }[] {
  if (one === undefined || other === undefined) throw new Error('the broker gave no token');
  return [
    { what: 'no token', token: null, status: 401 },
    { what: 'a token with another scope', token: other.token, status: 403 },
    { what: 'a forged token', token: forge(one.token), status: 401 },
  ];
}
