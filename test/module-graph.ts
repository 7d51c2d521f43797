// A module as it is built, and the conditions that hold where it is imported → everything that is loaded with it,
// wherever that comes from, out.

import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { parseAst } from 'rolldown/parseAst';

/** By path: entries share most of what they load. */
const parsed = new Map<string, readonly string[]>();

/** What a module says that it imports. Not what it asks for while it runs. */
function importsOf(path: string): readonly string[] {
  const known = parsed.get(path);
  if (known) return known;
  const { body } = parseAst(readFileSync(path, 'utf8'));
  const found = body.flatMap((node) => ('source' in node && node.source ? node.source.value : []));
  parsed.set(path, found);
  return found;
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

/** The same for one of its paths, which may be one of a pattern: `./utils/*`. */
function pickSubpath(
  exports: Readonly<Record<string, unknown>>,
  subpath: string,
  conditions: ReadonlySet<string>,
): string | undefined {
  if (Object.hasOwn(exports, subpath)) return pick(exports[subpath], conditions);
  for (const [pattern, target] of Object.entries(exports)) {
    const [before = '', after] = pattern.split('*');
    if (after === undefined || !subpath.startsWith(before) || !subpath.endsWith(after)) continue;
    const matched = subpath.slice(before.length, subpath.length - after.length);
    return pick(target, conditions)?.replaceAll('*', matched);
  }
  return undefined;
}

/** Where a package is that is imported from a file or folder. */
export function packageFolder(name: string, from: string): string {
  let folder = from;
  while (!existsSync(join(folder, 'node_modules', name, 'package.json'))) {
    if (folder === dirname(folder)) throw new Error(`${name} is not installed for ${from}`);
    folder = dirname(folder);
  }
  return realpathSync(join(folder, 'node_modules', name));
}

/** The package in a specifier: `hono` of `hono/route`. */
export function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The file behind a specifier that is imported from a folder. */
export function resolveModule(
  specifier: string,
  from: string,
  conditions: ReadonlySet<string>,
): string {
  const name = packageName(specifier);
  const home = packageFolder(name, from);
  const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as {
    readonly exports?: Readonly<Record<string, unknown>> | string;
    readonly main?: string;
  };
  const { exports = manifest.main ?? 'index.js' } = manifest;
  const subpath = `.${specifier.slice(name.length)}`;
  const hasSubpaths = typeof exports === 'object' && Object.keys(exports)[0]?.startsWith('.');
  const target = hasSubpaths
    ? pickSubpath(exports, subpath, conditions)
    : pick(exports, conditions);
  if (target === undefined) throw new Error(`${name} has nothing at ${subpath}`);
  return join(home, target);
}

/** With those that hold wherever something is imported. */
export function importedUnder(conditions: readonly string[]): ReadonlySet<string> {
  return new Set([...conditions, 'import', 'default']);
}

export interface ModuleGraph {
  /** In the order in which they are met. What CommonJS modules load on their own is not among them. */
  readonly files: ReadonlySet<string>;
  /** Each import of something that is in another package, or in the runtime. */
  readonly imports: readonly { readonly specifier: string; readonly file: string }[];
}

/**
 * Follows imports, beginning with a file.
 *
 * @param conditions beside `import` and `default`
 */
export function walkModules(entry: string, conditions: readonly string[]): ModuleGraph {
  const known = importedUnder(conditions);
  const files = new Set([entry]);
  const imports: { specifier: string; file: string }[] = [];
  // Grows while it is walked.
  for (const file of files) {
    for (const specifier of importsOf(file)) {
      if (specifier.startsWith('.')) {
        files.add(join(dirname(file), specifier));
        continue;
      }
      imports.push({ specifier, file });
      if (!isBuiltin(specifier)) files.add(resolveModule(specifier, dirname(file), known));
    }
  }
  return { files, imports };
}
