// Manifests and lockfile in → node_modules that match them out, by the pinned pnpm.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, ROOT } from './places.mjs';
import { pnpm, pnpmVersion } from './pnpm.mjs';
import { runStep } from './step.mjs';

// Inside node_modules, so that whoever deletes the one deletes the other.
const STAMP = join(ROOT, 'node_modules', '.agentwrit-installed');

/** Hundreds of megabytes of Node, Deno, Bun and workerd, which only the tests run. */
export const RUNTIMES = join('test', 'runtimes');

/** What the benchmark compares the guard with, which nothing else needs. */
export const PEERS = join('test', 'bench');

/** Workspace folders that are only installed for who needs them, with the names of their packages. */
const EXTRAS = [
  { folder: RUNTIMES, name: '@agentwrit/runtimes' },
  { folder: PEERS, name: '@agentwrit/bench' },
];

/**
 * Installs, unless exactly this was installed before. An extra that is there already stays there.
 *
 * @param {string} [extra] the folder of one that is needed, too
 * @returns {Promise<boolean>} whether the dependencies are there
 */
export async function installOnce(extra) {
  const folders = workspaceFolders();
  const manifests = fingerprint(folders);
  const there = readStamp(manifests);
  const wanted = EXTRAS.filter(({ folder }) => folder === extra || there?.includes(folder));
  const unwanted = EXTRAS.filter((other) => !wanted.includes(other));
  const isThere = folders
    .filter((path) => !unwanted.some(({ folder }) => folder === path))
    .every((path) => existsSync(join(ROOT, path, 'node_modules')));
  if (isThere && there && wanted.every(({ folder }) => there.includes(folder))) return true;
  // Half an installation must not count as one.
  rmSync(STAMP, { force: true });
  const filters = unwanted.flatMap(({ name }) => ['--filter', `!${name}`]);
  const done = await runStep(`install with pnpm ${pnpmVersion()}`, () =>
    pnpm(['install', '--frozen-lockfile', ...filters]),
  );
  if (done) {
    const stamp = { manifests, extras: wanted.map(({ folder }) => folder) };
    writeFileSync(STAMP, JSON.stringify(stamp));
  }
  return done;
}

/**
 * @param {string} manifests as they are now
 * @returns {readonly string[] | undefined} the extras that were installed; undefined when they were other manifests'
 */
function readStamp(manifests) {
  if (!existsSync(STAMP)) return undefined;
  try {
    const stamp = /** @type {{ manifests: string, extras: string[] }} */ (readJson(STAMP));
    return stamp.manifests === manifests ? stamp.extras : undefined;
  } catch {
    // As an older version of this file wrote it.
    return undefined;
  }
}

/** @returns {string[]} every folder that may have a package.json, the root first */
function workspaceFolders() {
  const groups = ['packages', 'examples'].flatMap((group) =>
    readdirSync(join(ROOT, group)).map((name) => join(group, name)),
  );
  const extras = EXTRAS.map(({ folder }) => folder);
  return ['.', ...groups, 'test', ...extras].filter((path) =>
    existsSync(join(ROOT, path, 'package.json')),
  );
}

/** @param {readonly string[]} folders */
function fingerprint(folders) {
  const hash = createHash('sha256');
  // Native parts of the tools differ by platform, and a folder may be shared between two.
  hash.update(
    JSON.stringify([process.versions.node.split('.')[0], process.platform, process.arch]),
  );
  const files = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', '.npmrc'];
  for (const file of [...files, ...folders.map((folder) => join(folder, 'package.json'))]) {
    const path = join(ROOT, file);
    const content = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
    hash.update(`\n${file} ${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}
