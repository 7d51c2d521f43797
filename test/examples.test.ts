// The examples, as their reader runs them. What each must show is in vectors/examples, a file for each.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { givenBroker } from './given-broker.js';
import { type Finished, ROOT, start } from './programs.js';

const EXAMPLES = join(ROOT, 'examples');
const TABLE = join(ROOT, 'test', 'vectors', 'examples');
const CLOSING_LINE = 'Everything is as it should be.';

// Each is a process with a broker and an API in it.
vi.setConfig({ maxConcurrency: 2, testTimeout: 60_000 });

interface Row {
  readonly name: string;
  /** Lines of its output, `…` for what differs from run to run. */
  readonly shows: readonly string[];
}

const rows = readdirSync(TABLE).map((file): Row => {
  const row = JSON.parse(readFileSync(join(TABLE, file), 'utf8')) as Omit<Row, 'name'>;
  return { name: file.replace('.json', ''), ...row };
});

const folders = readdirSync(EXAMPLES).filter((name) =>
  existsSync(join(EXAMPLES, name, 'src', 'main.ts')),
);

function runExample(
  name: string,
  { args = [], env = {} }: { args?: string[]; env?: Readonly<Record<string, string>> } = {},
): Promise<Finished> {
  return start([join('examples', name, 'dist', 'main.js'), ...args], { env }).finished;
}

function linesOf(output: string): string[] {
  return output.split('\n').map((line) => line.trim());
}

/** What of `shows` no line of the output is, in that order. */
function missingFrom(output: string, shows: readonly string[]): string[] {
  let rest = linesOf(output);
  return shows.filter((text) => {
    const pattern = text.split('…').map((part) => part.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&'));
    const line = new RegExp(`^${pattern.join('.+')}$`);
    const index = rest.findIndex((candidate) => line.test(candidate));
    rest = rest.slice(index + 1);
    return index === -1;
  });
}

describe('the table of examples', () => {
  it('has every example, and nothing else', () => {
    expect(folders).not.toEqual([]);
    expect(rows.map(({ name }) => name).toSorted()).toEqual(folders.toSorted());
  });
});

describe.concurrent('an example', () => {
  it.each(rows)('$name shows what it claims', async ({ name, shows }) => {
    const { code, output } = await runExample(name);
    expect(missingFrom(output, shows), output).toEqual([]);
    expect(linesOf(output)).toContain(CLOSING_LINE);
    expect(code).toBe(0);
    expect(output).not.toContain('✗');
    // Not a terminal: no colours. And nothing that is secret.
    expect(output).not.toContain('\u001b');
    expect(output).not.toMatch(/eyJ|[0-9a-f]{64}/);
  });

  it('runs twice on a given broker, for other arguments', async () => {
    await using broker = await givenBroker(['read:data:*', 'write:data:*']);
    const args = ['--customer', 'cust-9999', '--order', 'ord-0000'];
    const { AGENTWRIT_ADMIN_SECRET: _, ...env } = broker.env;
    for (let run = 0; run < 2; run += 1) {
      const { code, output } = await runExample('order-worker', { args, env });
      expect(output).toContain(`a given broker at ${env['AGENTWRIT_BROKER_URL']}`);
      expect(output).toContain('ship ord-0000: 200');
      expect(output).toContain('read cust-9998: 403');
      expect(linesOf(output)).toContain(CLOSING_LINE);
      expect(code).toBe(0);
    }
  });

  it('says in one line that its app may not do what it needs', async () => {
    await using broker = await givenBroker(['read:data:*']);
    const { code, output } = await runExample('order-worker', { env: broker.env });
    expect(linesOf(output)).toContain(
      'the broker refused /v1/app/launch-tokens: Forbidden: requested scopes exceed app ceiling; allowed: [read:data:*]',
    );
    expect(output).not.toContain('    at ');
    expect(output).not.toContain('Checks');
    expect(code).toBe(1);
  });

  it('says in one line which credential is wrong', async () => {
    await using broker = await givenBroker(['read:data:*', 'write:data:*']);
    const env = { ...broker.env, AGENTWRIT_CLIENT_SECRET: 'wrong' };
    const { code, output } = await runExample('order-worker', { env });
    expect(output).toContain('(AGENTWRIT_CLIENT_ID and AGENTWRIT_CLIENT_SECRET?)');
    expect(output).not.toContain('    at ');
    expect(code).toBe(1);
  });

  it('says in one line which variable is missing', async () => {
    const env = { AGENTWRIT_BROKER_URL: 'http://127.0.0.1:9' };
    const { code, output } = await runExample('order-worker', { env });
    expect(output).toContain('set AGENTWRIT_CLIENT_ID and AGENTWRIT_CLIENT_SECRET too');
    expect(output).not.toContain('    at ');
    expect(code).toBe(1);
  });

  it('says in one line which argument it does not know', async () => {
    const { code, output } = await runExample('order-worker', { args: ['--client', 'cust-1'] });
    expect(output).toContain("Unknown option '--client'");
    expect(output).not.toContain('    at ');
    expect(code).toBe(1);
  });
});

describe.concurrent('the run of an example', () => {
  /** Runs this as the work of an example that claims `a` and `b`. */
  async function runWork(work: string): Promise<Finished> {
    const setup = pathToFileURL(join(EXAMPLES, 'setup', 'dist', 'index.js')).href;
    const program = `
      import { runExample } from ${JSON.stringify(setup)};
      const claims = { a: 'the first claim', b: 'the second claim' };
      await runExample({ title: 'Trial', claims }, async ({ app, check }) => { ${work} });
    `;
    return start(['--input-type=module', '--eval', program]).finished;
  }

  it('succeeds when everything seen is what it must be', async () => {
    const { code, output } = await runWork(`check('a', 1, 1); check('b', ['x', 2], ['x', 2]);`);
    expect(output).toContain('✓ the first claim\n      1\n  ✓ the second claim\n      x 2\n');
    expect(code).toBe(0);
  });

  it('fails when something differs, and says how', async () => {
    const { code, output } = await runWork(`check('a', '403', '200'); check('b', 1, 1);`);
    expect(output).toContain('✗ the first claim\n      403; must be 200\n  ✓ the second claim');
    expect(output).not.toContain(CLOSING_LINE);
    expect(code).toBe(1);
  });

  it('fails when one of several looks at a claim differs', async () => {
    const { code, output } = await runWork(`
      check('a', 1, 1); check('a', 2, 1); check('a', 1, 1); check('b', 1, 1);
    `);
    expect(output).toContain('✗ the first claim\n      1\n      2; must be 1\n      1\n');
    expect(code).toBe(1);
  });

  it('fails when a claim was not reached', async () => {
    const { code, output } = await runWork(`check('a', 1, 1);`);
    expect(output).toContain('✗ the second claim\n      not reached');
    expect(code).toBe(1);
  });

  it('does not let what was never claimed pass as shown', async () => {
    const { code, output } = await runWork(`check('a', 1, 1); check('b', 1, 1); check('c', 1, 1);`);
    expect(output).toContain('"c" is not claimed');
    expect(output).not.toContain(CLOSING_LINE);
    expect(code).toBe(1);
  });

  it('fails when the work throws after all was checked, and says what failed first', async () => {
    const { code, output } = await runWork(`
      check('a', 1, 1); check('b', 1, 1);
      // What a compiled \`await using\` throws when closing fails after the work has failed.
      const suppressed = new TypeError('the work is broken');
      throw Object.assign(new Error(), { name: 'SuppressedError', error: new Error(), suppressed });
    `);
    expect(linesOf(output)).toContain('the work is broken');
    expect(output).not.toContain(CLOSING_LINE);
    expect(code).toBe(1);
  });
});

describe.concurrent('npm run example', () => {
  const run = (...args: string[]): Promise<Finished> =>
    start([join('scripts', 'run.mjs'), 'example', ...args]).finished;

  it('lists the examples with a line about each', async () => {
    const { code, output } = await run();
    for (const name of folders)
      expect(output).toMatch(new RegExp(`^ {2}${name} {2,}\\S.{20}`, 'm'));
    expect(code).toBe(0);
  });

  it('lists them when there is none of that name, and fails', async () => {
    const { code, output } = await run('../scripts');
    expect(output).toContain('There is no example "../scripts".');
    for (const name of folders) expect(output).toContain(`  ${name}  `);
    expect(code).toBe(2);
  });
});
