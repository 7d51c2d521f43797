// Manifests and lockfile in → node_modules that match them out, by the pinned pnpm.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './places.mjs';
import { pnpm, pnpmVersion } from './pnpm.mjs';
import { runStep } from './step.mjs';

// Inside node_modules, so that whoever deletes the one deletes the other.
const STAMP = join(ROOT, 'node_modules', '.agentwrit-installed');

// Hundreds of megabytes of Node, Deno, Bun and workerd, which only the tests run.
const RUNTIMES = join('test', 'runtimes');

/**
 * Installs, unless exactly this was installed before. What the tests need includes what the rest needs.
 *
 * @param {{ forTests: boolean }} options
 * @returns {Promise<boolean>} whether the dependencies are there
 */
export async function installOnce({ forTests }) {
  const folders = workspaceFolders();
  const manifests = fingerprint(folders);
  const everything = `${manifests} with ${RUNTIMES}`;
  const wanted = forTests ? everything : `${manifests} without ${RUNTIMES}`;
  const needed = forTests ? folders : folders.filter((folder) => folder !== RUNTIMES);
  if (isInstalled(needed, [wanted, everything])) return true;
  // Half an installation must not count as one.
  rmSync(STAMP, { force: true });
  const filter = forTests ? [] : ['--filter', '!@agentwrit/runtimes'];
  const done = await runStep(`install with pnpm ${pnpmVersion()}`, () =>
    pnpm(['install', '--frozen-lockfile', ...filter]),
  );
  if (done) writeFileSync(STAMP, wanted);
  return done;
}

/** @returns {string[]} every folder that may have a package.json, the root first */
function workspaceFolders() {
  const groups = ['packages', 'examples'].flatMap((group) =>
    readdirSync(join(ROOT, group)).map((name) => join(group, name)),
  );
  return ['.', ...groups, 'test', RUNTIMES].filter((path) =>
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

/**
 * @param {readonly string[]} folders
 * @param {readonly string[]} stamps any of these will do
 */
function isInstalled(folders, stamps) {
  if (!existsSync(STAMP) || !stamps.includes(readFileSync(STAMP, 'utf8'))) return false;
  return folders.every((folder) => existsSync(join(ROOT, folder, 'node_modules')));
}
