// Tokens in → what the broker says of each, whether policy allows what it was granted, and whether the API does
// as the broker says, out.

import { type Agent, scopeIsSubset } from '@agentwrit/client';
import { callApi, facts, say, table, title } from '@agentwrit/example-setup';
import type { Scan } from './claims.js';

export interface Scanned {
  readonly name: string;
  readonly agent: Agent;
  /** One that its scope names. */
  readonly resource: string;
}

const POLICY = ['read:data:*', 'write:data:*'];
const READING_ONLY = ['read:data:*'];

export async function scanTokens(tokens: readonly Scanned[], scan: Scan): Promise<void> {
  const { app, check } = scan;
  title('3. The scan');
  const seen = await Promise.all(
    tokens.map(async ({ name, agent, resource }) => {
      const verdict = await app.validate(agent.accessToken);
      return { name, verdict, atApi: await read(resource, agent, scan) };
    }),
  );
  table(
    ['token', 'the broker', 'the API', 'granted'],
    seen.map(({ name, verdict, atApi }) => [
      name,
      verdict.valid ? 'valid' : verdict.error,
      atApi,
      verdict.valid ? verdict.claims.scope.join(' ') : '–',
    ]),
  );
  const valid = seen.filter(({ verdict }) => verdict.valid);
  say(`${valid.length} of ${seen.length} valid`);
  check(
    'verdicts',
    seen.map(({ name, verdict }) => `${name} ${verdict.valid ? 'valid' : 'invalid'}`).join(', '),
    'active valid, released invalid, expiring invalid',
  );
  check(
    'api',
    seen.map(({ atApi }) => atApi).join(', '),
    '200, 401 invalid_token, 401 invalid_token',
  );
}

/** What a good token may do, held against what it should be allowed to do. */
export async function compareWithPolicy(agent: Agent, scan: Scan): Promise<void> {
  const { app, check } = scan;
  const verdict = await app.validate(agent.accessToken);
  check('again', verdict.valid ? 'valid' : verdict.error, 'valid');
  if (!verdict.valid) return;

  // The broker's word on what was granted, and not the agent's.
  const { scope: granted } = verdict.claims;
  const excess = granted.filter((scope) => !scopeIsSubset([scope], READING_ONLY));
  const elsewhere = await read('beta', agent, scan);
  facts({
    granted: granted.join(' '),
    policy: POLICY.join(' '),
    'within policy': judgement(granted, POLICY),
    'within reading only': `${judgement(granted, READING_ONLY)}: ${excess.join(' ')}`,
    'reading beta': elsewhere,
  });
  check('compliant', judgement(granted, POLICY), 'compliant');
  check(
    'excess',
    [judgement(granted, READING_ONLY), ...excess],
    ['not compliant', 'write:data:resource-alpha'],
  );
  check('gate', elsewhere, `403 needs read:data:resource-beta, holds ${granted.join(' ')}`);
}

function judgement(granted: readonly string[], policy: readonly string[]): string {
  return scopeIsSubset(granted, policy) ? 'compliant' : 'not compliant';
}

/** The scan is over, and nobody needs the token any more. */
export async function closeScan(agent: Agent, scan: Scan): Promise<void> {
  title('6. The end of the scan');
  await agent.release();
  const verdict = await scan.app.validate(agent.accessToken);
  const atBroker = verdict.valid ? 'valid' : verdict.error;
  const atApi = await read('alpha', agent, scan);
  say(`active was released; the broker: ${atBroker}; the API: ${atApi}`);
  scan.check('closed', `${atBroker}, ${atApi}`, 'token is invalid or expired, 401 invalid_token');
}

/** What the API says to the agent's last token, dead or alive. */
export async function read(resource: string, agent: Agent, { apiUrl }: Scan): Promise<string> {
  const { outcome } = await callApi(`${apiUrl}/resources/${resource}`, { as: agent.bearerHeader });
  return outcome;
}
