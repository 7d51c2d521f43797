// Arguments in → what the pinned pnpm makes of them out.

import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { run, runNode } from './child.mjs';
import { readJson, ROOT } from './places.mjs';

/** The version in package.json's `packageManager`, without the checksum that may follow it. */
export function pnpmVersion() {
  const { packageManager } = /** @type {{ packageManager: string }} */ (
    readJson(join(ROOT, 'package.json'))
  );
  const version = /^pnpm@(\d+\.\d+\.\d+)(?:\+.*)?$/.exec(packageManager)?.[1];
  if (version === undefined) throw new Error(`"packageManager" must name pnpm: ${packageManager}`);
  return version;
}

/** @param {readonly string[]} args pnpm's */
export function pnpm(args) {
  // CI tells pnpm not to ask: there may be nobody, and no terminal, to answer.
  const env = { ...process.env, CI: 'true' };
  const script = npxScript();
  const all = ['--yes', `pnpm@${pnpmVersion()}`, ...args];
  return script === undefined ? run('npx', all, { env }) : runNode([script, ...all], { env });
}

/** npx as a script, beside the npm that started us or beside this Node: on Windows `npx` needs a shell. */
function npxScript() {
  const npm = process.env['npm_execpath'] ?? '';
  const node = dirname(process.execPath);
  return [
    ...(basename(npm) === 'npm-cli.js' ? [join(dirname(npm), 'npx-cli.js')] : []),
    join(node, 'node_modules', 'npm', 'bin', 'npx-cli.js'),
    join(node, '..', 'lib', 'node_modules', 'npm', 'bin', 'npx-cli.js'),
  ].find((path) => existsSync(path));
}
