// What is published, not what lies in the repository: each package as pnpm packs it, installed beside
// nothing but what it declares.

import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compilationsOf, compile } from './artefacts/compilation.js';
import { type Artefacts, installArtefacts, packagesIn } from './artefacts/installation.js';
import { entriesOf, type Manifest, readManifest } from './artefacts/manifest.js';
import { setups } from './artefacts/setups.js';
import { ROOT, start } from './programs.js';

const names = readdirSync(join(ROOT, 'packages'));
const FRAMEWORKS = ['express', 'fastify', 'hono'];

const vectors = JSON.parse(
  readFileSync(join(ROOT, 'test', 'vectors', 'exports.json'), 'utf8'),
) as Readonly<Record<string, readonly string[]>>;
/** By what a user imports. */
const exported = Object.fromEntries(
  Object.entries(vectors).map(([path, exports]) => [`@agentwrit/${path}`, exports]),
);

let temporary: string;
let artefacts: Artefacts;

beforeAll(async () => {
  // On some systems the temporary folder is a link, and TypeScript prefers real paths.
  temporary = mkdtempSync(join(realpathSync(tmpdir()), 'agentwrit-artefacts-'));
  artefacts = await installArtefacts(temporary, setups);
}, 400_000);

afterAll(() => rmSync(temporary, { recursive: true, force: true }));

function tarballOf(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(artefacts.tarballOf(name)));
}

it('every package is installed here, and what it lets users import is known', () => {
  expect([...new Set(setups.map((setup) => setup.package))].toSorted()).toEqual(names.toSorted());
  const ids = names.flatMap((name) => entriesOf(readManifest(join(ROOT, 'packages', name))));
  expect(ids.map(({ id }) => id).toSorted()).toEqual(Object.keys(exported).toSorted());
});

describe.each(names)('the tarball of @agentwrit/%s', (name) => {
  it('has what a user needs, and no tests or sources', () => {
    const { packageName, listFiles } = read();
    expect(packageName).toBe(`@agentwrit/${name}`);
    const files = listFiles();
    expect(new Set(files.map((file) => file.replace(/\/.*$/, '')))).toEqual(
      new Set(['LICENSE', 'README.md', 'dist', 'package.json']),
    );
    const built = files.filter((file) => file.startsWith('dist/'));
    expect(built).toEqual(expect.arrayContaining(['dist/index.js', 'dist/index.d.ts']));
    expect(built.filter((file) => !/\.(?:js|js\.map|d\.ts)$/.test(file))).toEqual([]);
  });

  it('has every file that its exports and commands name, whatever the condition', () => {
    const { manifest, listFiles } = read();
    const { bin = {} } = manifest;
    const named = [...entriesOf(manifest).flatMap(({ files }) => files), ...Object.values(bin)];
    expect(named.length).toBeGreaterThan(1);
    expect(named.filter((file) => !listFiles().includes(file.replace(/^\.\//, '')))).toEqual([]);
  });

  it('says its licence and its Node, and lets its dependencies have patches', () => {
    const { license, engines, dependencies, peerDependencies, optionalDependencies } =
      read().manifest;
    expect(license).toBe('MIT');
    expect(engines.node).toBe('>=20.19');
    for (const range of Object.values({ ...dependencies, ...optionalDependencies })) {
      expect(range).toMatch(/^\^\d+\.\d+\.\d+$/);
    }
    for (const range of Object.values(peerDependencies ?? {})) {
      expect(range).toMatch(/^\^\d+\.\d+\.\d+(?: \|\| \^\d+\.\d+\.\d+)*$/);
    }
  });

  it('pleases the package linter', async () => {
    const { messages, pkg } = await publint({
      pack: { tarball: tarballOf(name).buffer },
      strict: true,
    });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it('has types that are true however they are resolved', async () => {
    const analysis = await checkPackage(createPackageFromTarballData(tarballOf(name)));
    const problems = analysis.types === false ? [{ kind: 'no types' }] : analysis.problems;
    // There is ESM only, and every Node that is supported can require() it.
    expect(problems.filter(({ kind }) => kind !== 'CJSResolvesToESM')).toEqual([]);
  });

  /** The manifest and the paths in the tarball, relative to the package. */
  function read() {
    const tree = createPackageFromTarballData(tarballOf(name));
    const root = `/node_modules/${tree.packageName}/`;
    const manifest = JSON.parse(tree.readFile(`${root}package.json`)) as Manifest;
    return {
      packageName: tree.packageName,
      manifest,
      listFiles: () => tree.listFiles().map((path) => path.replace(root, '')),
    };
  }
});

describe.each(setups.map((setup) => [setup.name, setup] as const))(
  'installed for %s',
  (_, setup) => {
    const manifest = readManifest(join(ROOT, 'packages', setup.package));
    const entries = entriesOf(manifest);
    const folder = (): string => artefacts.folderOf(setup);
    const own = (): string => join(folder(), 'node_modules', '@agentwrit', setup.package);

    it('brings no framework but the one it is for, and of ours no more than it needs', () => {
      const brought = packagesIn(folder()).filter(
        (name) => name.startsWith('@agentwrit/') || FRAMEWORKS.includes(name),
      );
      expect(brought).toEqual(setup.brings);
    });

    const wanted = Object.fromEntries(entries.map(({ id }) => [id, exported[id]]));

    it.each([
      ['import()', (id: string) => `await import('${id}')`],
      ['require()', (id: string) => `createRequire(process.cwd() + '/')('${id}')`],
    ] as const)('gives its exports to %s', async (_, load) => {
      expect(await namesIn(entries.map(({ id }) => [id, load(id)]))).toEqual(wanted);
    });

    it('gives the same exports under every condition', async () => {
      const files = entries.flatMap((entry) =>
        entry.files
          .filter((file) => file.endsWith('.js'))
          .map((file) => ({ id: entry.id, url: pathToFileURL(join(own(), file)).href })),
      );
      expect(await namesIn(files.map(({ url }) => [url, `await import('${url}')`]))).toEqual(
        Object.fromEntries(files.map(({ id, url }) => [url, exported[id]])),
      );
    });

    it.each(Object.entries(manifest.bin ?? {}))('has a command that runs: %s', async (_, path) => {
      const target = join(own(), path);
      expect(readFileSync(target, 'utf8').split('\n', 1)).toEqual(['#!/usr/bin/env node']);
      const { code, output } = await start([target, '--version'], { cwd: folder() }).finished;
      expect([code, output]).toEqual([0, expect.stringContaining(manifest.version)]);
    });

    /** The names of what a program in the folder loads, by label. */
    async function namesIn(loads: readonly (readonly [label: string, code: string])[]) {
      const code = `import { createRequire } from 'node:module';
      const names = {};
      ${loads.map(([label, load]) => `names['${label}'] = Object.keys(${load}).sort();`).join('\n')}
      console.log(JSON.stringify(names));`;
      const { output } = await start(['--no-warnings', '--input-type=module', '-e', code], {
        cwd: folder(),
      }).finished;
      return output.startsWith('{') ? (JSON.parse(output) as unknown) : output;
    }
  },
);

describe('a program that uses a package compiles, strictly and with every declaration checked', () => {
  const compilations = setups.flatMap(compilationsOf);
  let diagnostics: ReadonlyMap<string, string>;

  beforeAll(async () => {
    diagnostics = await compile(compilations, artefacts);
  }, 180_000);

  it.each(compilations.map(({ name }) => name))('%s', (name) => {
    expect(diagnostics.get(name)).toBe('');
  });
});
