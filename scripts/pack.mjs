// Built packages in → a tarball of each, as it would be published, in one folder out.

import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './places.mjs';
import { pnpm } from './pnpm.mjs';
import { runStep } from './step.mjs';

const FOLDER = 'tarballs';

/** @returns {Promise<boolean>} whether all are there */
export async function pack() {
  const folder = join(ROOT, FOLDER);
  // What is no longer packed must not be installed with the rest.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const isDone = await runStep('pack', () =>
    pnpm(['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', folder]),
  );
  if (!isDone) return false;
  console.log(`${readdirSync(folder).length} packages are in ${FOLDER}/. To use them elsewhere:`);
  console.log(`  npm install ${join(folder, '*.tgz')}`);
  return true;
}
