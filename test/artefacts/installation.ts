// The built packages in → each one packed, and installed as its users install it, out.

import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../programs.js';
import { readManifest } from './manifest.js';
import { findPnpm, runPnpm } from './pnpm.js';
import { type Setup, versionsBeside } from './setups.js';

export interface Artefacts {
  /** Where all of it is. */
  readonly folder: string;
  /** Of a package in `packages`. */
  readonly tarballOf: (name: string) => string;
  /** With package.json and node_modules. */
  readonly folderOf: (setup: Setup) => string;
}

/** Packs every package, and installs the tarballs into a folder for each setup. */
export async function installArtefacts(
  folder: string,
  setups: readonly Setup[],
): Promise<Artefacts> {
  const pnpm = await findPnpm();
  const tarballs = join(folder, 'tarballs');
  const [store] = await Promise.all([
    // Left to itself, pnpm has one on each disk, and that of the temporary folder may be empty.
    runPnpm(pnpm, ['store', 'path', '--silent'], ROOT),
    runPnpm(
      pnpm,
      ['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', tarballs],
      ROOT,
    ),
  ]);
  const artefacts: Artefacts = {
    folder,
    tarballOf: (name) => {
      const { version } = readManifest(join(ROOT, 'packages', name));
      return join(tarballs, `agentwrit-${name}-${version}.tgz`);
    },
    folderOf: (setup) => join(folder, setup.name),
  };
  // All of them end before one's failure is told: the folder can be removed then.
  const installed = await Promise.allSettled(
    setups.map(async (setup) => {
      prepare(setup, artefacts, store.trim());
      await runPnpm(
        pnpm,
        ['install', '--no-frozen-lockfile', '--prefer-offline', '--ignore-scripts'],
        artefacts.folderOf(setup),
      );
    }),
  );
  for (const result of installed) {
    if (result.status === 'rejected') throw result.reason;
  }
  return artefacts;
}

/** Writes what `pnpm install` reads. */
function prepare(setup: Setup, { tarballOf, folderOf }: Artefacts, storeDir: string): void {
  const target = folderOf(setup);
  mkdirSync(target);
  const tarballs = Object.fromEntries(
    readdirSync(join(ROOT, 'packages')).map((name) => [
      `@agentwrit/${name}`,
      `file:${tarballOf(name)}`,
    ]),
  );
  const own = `@agentwrit/${setup.package}`;
  const manifest = {
    private: true,
    type: 'module',
    dependencies: { [own]: tarballs[own], ...versionsBeside(setup) },
  };
  const settings = {
    overrides: tarballs,
    storeDir,
    // A package finds what it declares and nothing else.
    hoist: false,
    autoInstallPeers: false,
    strictPeerDependencies: true,
    minimumReleaseAge: minimumReleaseAge(),
  };
  writeFileSync(join(target, 'package.json'), JSON.stringify(manifest));
  // Every JSON text is a YAML text.
  writeFileSync(join(target, 'pnpm-workspace.yaml'), JSON.stringify(settings));
  // pnpm takes the versions it names wherever the ranges of the tarballs allow: those that are tested.
  cpSync(join(ROOT, 'pnpm-lock.yaml'), join(target, 'pnpm-lock.yaml'));
}

function minimumReleaseAge(): number {
  const settings = readFileSync(join(ROOT, 'pnpm-workspace.yaml'), 'utf8');
  const minutes = /^minimumReleaseAge: (\d+)$/m.exec(settings)?.[1];
  if (minutes === undefined) throw new Error('pnpm-workspace.yaml has no minimumReleaseAge');
  return Number(minutes);
}

/** The names of all packages in a folder's tree: pnpm has a folder `@scope+name@version` for each. */
export function packagesIn(folder: string): readonly string[] {
  const names = readdirSync(join(folder, 'node_modules', '.pnpm')).flatMap(
    (entry) => /^(@[^+@]+\+)?[^@]+(?=@)/.exec(entry)?.[0].replace('+', '/') ?? [],
  );
  return [...new Set(names)].toSorted();
}
