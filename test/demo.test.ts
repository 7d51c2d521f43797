// `npm run demo`, as its user sees it.

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { givenBroker } from './given-broker.js';
import { type Finished, start } from './programs.js';

const DEMO = join('examples', 'orders', 'dist', 'demo.js');

function runDemo(env: Readonly<Record<string, string>> = {}): Promise<Finished> {
  return start([DEMO], { env }).finished;
}

/** The table at the end: a row for each step, a mark for each framework. */
function tableOf(output: string): string[][] {
  const rows = output.slice(output.indexOf('what was shown')).split('\n').slice(2);
  return rows
    .map((row) => row.trim().split(/ {2,}/))
    .filter((cells) => cells.length === 4)
    .map((cells) => cells.slice(1));
}

describe.concurrent('the demo', () => {
  it('shows every step on every framework with its own broker', { timeout: 60_000 }, async () => {
    const { code, output } = await runDemo();
    expect(tableOf(output)).toEqual(Array.from({ length: 9 }, () => ['✓', '✓', '✓']));
    expect(output).toContain('needs read:data:customer-cust-9999');
    expect(output).toContain('503  broker_unavailable, Retry-After: 1');
    expect(code).toBe(0);
    // Not a terminal: no colours. And nothing that is secret.
    expect(output).not.toContain('\u001b');
    expect(output.replace(/last hash +[0-9a-f]{64}/, '')).not.toMatch(/eyJ|[0-9a-f]{64}/);
    // The last act: what three guards have on record, whole, and what it says of scopes.
    expect(output).toMatch(/SOUND: \d{2,} events in 1 file/);
    expect(output).toMatch(/denied +read:data:customer-cust-9999 +refused 3 times/);
    expect(output).toMatch(
      /order-worker \/ revoke-ord-\*[\s\S]*drop +write:data:order-ord-4823 +never used/,
    );
    expect(output).toContain('invalid_token 9, broker_unavailable 3');
  });

  it('skips the outage, and says so, with a given broker', { timeout: 60_000 }, async () => {
    await using broker = await givenBroker(['read:data:*', 'write:data:*']);
    const { code, output } = await runDemo(broker.env);
    expect(tableOf(output)).toEqual([
      ...Array.from({ length: 8 }, () => ['✓', '✓', '✓']),
      ['skipped', 'skipped', 'skipped'],
    ]);
    expect(output).toContain('skipped: this broker is not ours to stop');
    expect(code).toBe(0);
  });

  it('fails when the broker does not let it do its work', async () => {
    await using broker = await givenBroker(['read:data:*']);
    const { code, output } = await runDemo(broker.env);
    expect(output).toContain('requested scopes exceed app ceiling');
    expect(code).toBe(1);
  });

  it.each([
    {
      variable: 'AGENTWRIT_CLIENT_SECRET',
      says: 'AGENTWRIT_CLIENT_ID and AGENTWRIT_CLIENT_SECRET?',
    },
    { variable: 'AGENTWRIT_ADMIN_SECRET', says: 'AGENTWRIT_ADMIN_SECRET?' },
  ])(
    'says in one line that $variable is wrong',
    { timeout: 60_000 },
    async ({ variable, says }) => {
      await using broker = await givenBroker(['read:data:*', 'write:data:*']);
      const { code, output } = await runDemo({ ...broker.env, [variable]: 'wrong' });
      expect(output).toContain(says);
      expect(output).not.toContain('    at ');
      expect(code).toBe(1);
    },
  );

  it('says which variable is missing', async () => {
    const { code, output } = await runDemo({ AGENTWRIT_BROKER_URL: 'http://127.0.0.1:9' });
    expect(output).toContain(
      'set AGENTWRIT_CLIENT_ID and AGENTWRIT_CLIENT_SECRET and AGENTWRIT_ADMIN_SECRET too',
    );
    expect(code).toBe(1);
  });
});
