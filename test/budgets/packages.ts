// A package of ours → what it ships, what comes with it when it is installed, and what each of its entries loads, out.

import { readdirSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, relative, sep } from 'node:path';
import { entriesOf, readManifest } from '../artefacts/manifest.js';
import {
  importedUnder,
  packageFolder,
  packageName,
  resolveModule,
  walkModules,
} from '../module-graph.js';
import { ROOT } from '../programs.js';

const PACKAGES = join(ROOT, 'packages');
export const NAMES: readonly string[] = readdirSync(PACKAGES);

/** A file of ours as it is shipped. */
export interface Shipped {
  /** From `packages` on. */
  readonly path: string;
  readonly bytes: number;
}

/** The JavaScript of a package. Only what comes of its sources: `dist` may have more, from before. */
export function shippedBy(name: string): readonly Shipped[] {
  const source = join(PACKAGES, name, 'src');
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => shippedAt(join(PACKAGES, name, 'dist', path.replace(/ts$/, 'js'))));
}

function shippedAt(path: string): Shipped {
  return { path: relative(PACKAGES, path), bytes: statSync(path).size };
}

/** Every package of others that is installed with it, on any machine: those for one kind of machine are left out. */
export function installedWith(name: string): readonly string[] {
  const folders = new Set([join(PACKAGES, name)]);
  const installed = new Set<string>();
  // Grows while it is walked.
  for (const folder of folders) {
    for (const dependency of Object.keys(readManifest(folder).dependencies ?? {})) {
      folders.add(packageFolder(dependency, folder));
      if (!isOurs(dependency)) installed.add(dependency);
    }
  }
  return [...installed].toSorted();
}

/** Where an entry is loaded, and the conditions of `exports` that hold there. */
const PLATFORMS = {
  node: ['node'],
  fetch: ['deno', 'node'],
  worker: ['workerd', 'worker', 'browser'],
} as const;

/** Entries for any platform. The others are for Node. */
const PORTABLE = ['@agentwrit/protocol', '@agentwrit/core', '@agentwrit/hono'];

export interface Loaded {
  /** `@agentwrit/core on node` */
  readonly name: string;
  /** Every file of ours, of whichever package. */
  readonly own: readonly Shipped[];
  /** Every package, the entry's own included. */
  readonly packages: readonly string[];
  /**
   * What the package's own files import from elsewhere, as it is written there, and what others import for that, as
   * `a > b`. What our other packages import is in their own lists.
   */
  readonly imports: readonly string[];
}

/** What each entry of a package loads, on each platform it is for. */
export function loadedBy(name: string): readonly Loaded[] {
  return entriesOf(readManifest(join(PACKAGES, name))).flatMap(({ id }) =>
    Object.entries(PLATFORMS)
      .filter(([platform]) => platform === 'node' || PORTABLE.includes(id))
      .map(([platform, conditions]) => load(id, platform, conditions)),
  );
}

function load(id: string, platform: string, conditions: readonly string[]): Loaded {
  const entry = resolveModule(id, join(ROOT, 'test'), importedUnder(conditions));
  const { files, imports } = walkModules(entry, conditions);
  const owner = packageName(id);
  const lines = new Set<string>();
  const importers = new Set([owner]);
  // Grows while it is walked.
  for (const importer of importers) {
    for (const { specifier, file } of imports) {
      const name = packageName(specifier);
      if (ownerOf(file) !== importer || name === importer) continue;
      if (importer === owner) lines.add(specifier);
      else if (!isBuiltin(specifier)) lines.add(`${importer} > ${name}`);
      if (!isBuiltin(specifier) && !isOurs(name)) importers.add(name);
    }
  }
  return {
    name: `${id} on ${platform}`,
    own: [...files].filter((file) => isOurs(ownerOf(file))).map(shippedAt),
    packages: [...new Set([...files].map(ownerOf))].toSorted(),
    imports: [...lines].toSorted(),
  };
}

const isOurs = (name: string): boolean => name.startsWith('@agentwrit/');

/** The package that a file belongs to. */
function ownerOf(path: string): string {
  const file = path.replaceAll('\\', '/');
  const inside = /.*\/node_modules\/(.*)/.exec(file)?.[1];
  return inside === undefined
    ? `@agentwrit/${relative(PACKAGES, path).split(sep)[0] ?? ''}`
    : packageName(inside);
}
