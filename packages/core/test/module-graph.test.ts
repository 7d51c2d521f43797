// The entries as they are built → what is loaded with them, wherever it comes from. What is not for Node must not
// import anything that only Node has.

import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const DIST = fileURLToPath(new URL('../dist/', import.meta.url));

// In code of tsc and of minifiers. May find more than there is, as in comments, and never less.
const IMPORT =
  /\b(?:import|export)\b[^'"`;()]*?\bfrom\s*["']([^"']+)["']|\bimport\s*["']([^"']+)["']/g;

function importsOf(path: string): string[] {
  const source = readFileSync(path, 'utf8');
  return Array.from(source.matchAll(IMPORT), ([, from, bare]) => from ?? bare ?? '');
}

/** What `exports` names under these conditions. */
function pick(target: unknown, conditions: ReadonlySet<string>): string | undefined {
  if (typeof target === 'string') return target;
  if (typeof target !== 'object' || target === null) return undefined;
  for (const [condition, value] of Object.entries(target)) {
    const found = conditions.has(condition) ? pick(value, conditions) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function resolvePackage(specifier: string, from: string, conditions: ReadonlySet<string>): string {
  const parts = specifier.split('/');
  const name = parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
  let folder = dirname(from);
  while (!existsSync(join(folder, 'node_modules', name, 'package.json'))) {
    if (folder === dirname(folder)) throw new Error(`${specifier} is not installed for ${from}`);
    folder = dirname(folder);
  }
  const home = realpathSync(join(folder, 'node_modules', name));
  const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as {
    readonly exports?: Readonly<Record<string, unknown>> | string;
    readonly main?: string;
  };
  const { exports = manifest.main ?? 'index.js' } = manifest;
  const subpath = `.${specifier.slice(name.length)}`;
  const hasSubpaths = typeof exports === 'object' && Object.keys(exports)[0]?.startsWith('.');
  const target = pick(hasSubpaths ? exports[subpath] : exports, conditions);
  if (target === undefined) throw new Error(`${name} has nothing at ${subpath}`);
  return join(home, target);
}

interface Graph {
  readonly files: ReadonlySet<string>;
  /** Imports of the runtime's own modules, each with where it stands. */
  readonly builtins: readonly string[];
}

function walk(entry: string, conditions: readonly string[]): Graph {
  const known = new Set([...conditions, 'import', 'default']);
  const files = new Set([join(DIST, entry)]);
  const builtins: string[] = [];
  // Grows while it is walked.
  for (const file of files) {
    for (const specifier of importsOf(file)) {
      if (specifier.startsWith('node:')) builtins.push(`${specifier} in ${file}`);
      else if (specifier.startsWith('.')) files.add(join(dirname(file), specifier));
      else files.add(resolvePackage(specifier, file, known));
    }
  }
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
