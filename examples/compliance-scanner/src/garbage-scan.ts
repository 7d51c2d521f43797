// Texts that are no tokens in → what validation and the API take them for out.

import { callApi, table, title } from '@agentwrit/example-setup';
import type { Scan } from './claims.js';

const PROBES = [
  ['empty text', ''],
  ['random text', 'this-is-not-a-token'],
  ['half a JWT', 'eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJzcGlmZmU6Ly8'],
  ['SQL', "'; DROP TABLE tokens; --"],
  ['1000 × x', 'x'.repeat(1000)],
] as const;

export async function probeWithGarbage({ app, apiUrl, check }: Scan): Promise<void> {
  title('5. Texts that are no tokens');
  const seen: { name: string; verdict: string; atApi: string }[] = [];
  for (const [name, text] of PROBES) {
    // The client answers the empty text itself: the broker's answer is 400, as if the question were wrong.
    const { valid } = await app.validate(text);
    const as = { authorization: `Bearer ${text}` };
    const { outcome } = await callApi(`${apiUrl}/resources/alpha`, { as });
    seen.push({ name, verdict: valid ? 'valid' : 'invalid', atApi: outcome });
  }
  table(
    ['text', 'validation', 'the API'],
    seen.map(({ name, verdict, atApi }) => [name, verdict, atApi]),
  );
  check(
    'garbage',
    seen.map(({ verdict }) => verdict),
    ['invalid', 'invalid', 'invalid', 'invalid', 'invalid'],
  );
  check(
    'garbageAtApi',
    seen.map(({ atApi }) => atApi).join(', '),
    // 400 where it is not even the form of a token (RFC 6750 §2.1).
    '400 invalid_request, 401 invalid_token, 401 invalid_token, 400 invalid_request, 401 invalid_token',
  );
}
