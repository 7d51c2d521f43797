// The entries as they are built → what is loaded with them, wherever it comes from. What is not for Node must not
// import anything that only Node has.

import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { walkModules } from '../../../test/module-graph.js';

const DIST = fileURLToPath(new URL('../dist/', import.meta.url));

interface Graph {
  readonly files: ReadonlySet<string>;
  /** Imports of the runtime's own modules, each with where it stands. */
  readonly builtins: readonly string[];
}

function walk(entry: string, conditions: readonly string[]): Graph {
  const { files, imports } = walkModules(join(DIST, entry), conditions);
  const builtins = imports
    .filter(({ specifier }) => isBuiltin(specifier))
    .map(({ specifier, file }) => `${specifier} in ${file}`);
  return { files, builtins };
}

const isOurs = (line: string): boolean => !line.includes('node_modules/.pnpm');
const hasUndici = ({ files }: Graph): boolean =>
  [...files].some((file) => file.includes('node_modules/undici/'));

describe('what is loaded', () => {
  it('with the entry for Node is its pool of connections, and nothing of Node for else', () => {
    const graph = walk('index.js', ['node']);
    expect(hasUndici(graph)).toBe(true);
    expect(graph.builtins.filter(isOurs).map((line) => line.replace(/ in .*\//, ' in '))).toEqual([
      'node:crypto in secure-context.js',
      'node:tls in secure-context.js',
    ]);
  });

  it.each([
    { conditions: ['workerd', 'worker', 'browser'] },
    { conditions: ['workerd', 'worker'] },
    { conditions: [] },
  ])('with the entry for Workers needs nothing of Node: $conditions', ({ conditions }) => {
    const graph = walk('index-worker.js', conditions);
    expect(graph.builtins).toEqual([]);
    expect(hasUndici(graph)).toBe(false);
    // Ours and those of others.
    expect([...graph.files].some((file) => file.endsWith('guard.js'))).toBe(true);
    expect([...graph.files].some((file) => file.includes('lru-cache'))).toBe(true);
  });

  it.each([{ conditions: ['deno', 'node'] }, { conditions: ['bun', 'node'] }])(
    'with the entry for $conditions is no pool, and nothing of Node for us',
    ({ conditions }) => {
      const graph = walk('index-fetch.js', conditions);
      expect(hasUndici(graph)).toBe(false);
      expect(graph.builtins.filter(isOurs)).toEqual([]);
    },
  );

  it('from each entry has the same names', async () => {
    const names = async (entry: string): Promise<string[]> =>
      Object.keys((await import(join(DIST, entry))) as object).toSorted();
    const expected = await names('index.js');
    expect(expected).toContain('createGuard');
    expect(await names('index-fetch.js')).toEqual(expected);
    expect(await names('index-worker.js')).toEqual(expected);
  });
});
