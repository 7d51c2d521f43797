// What is published, not what lies in the repository: each package as npm packs it, beside nothing but the
// dependencies it declares.

import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT, start } from './programs.js';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly engines: { readonly node: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly bin?: Readonly<Record<string, string>>;
}

const names = readdirSync(join(ROOT, 'packages'));

const exported = JSON.parse(
  readFileSync(join(ROOT, 'test', 'vectors', 'exports.json'), 'utf8'),
) as Readonly<Record<string, readonly string[]>>;

function manifestOf(name: string): Manifest {
  return JSON.parse(readFileSync(join(ROOT, 'packages', name, 'package.json'), 'utf8')) as Manifest;
}

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'agentwrit-artefacts-'));
  for (const name of names) await unpack(name);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Puts a package where an installation would, with exactly the files npm would publish. */
async function unpack(name: string): Promise<void> {
  const source = join(ROOT, 'packages', name);
  const packed = await start([npmPath(), 'pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: source,
    env: { npm_config_loglevel: 'silent' },
  }).finished;
  const [{ files }] = JSON.parse(packed.output) as [{ files: { path: string }[] }];
  const target = join(folder, 'node_modules', '@agentwrit', name);
  for (const { path } of files) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    cpSync(join(source, path), join(target, path));
  }
  const { dependencies, peerDependencies } = manifestOf(name);
  for (const dependency of Object.keys({ ...dependencies, ...peerDependencies })) {
    if (dependency.startsWith('@agentwrit/')) continue;
    const link = join(target, 'node_modules', dependency);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(realpathSync(join(source, 'node_modules', dependency)), link, 'junction');
  }
}

/** npm's own script: the one that started us, else the one that came with this Node. */
function npmPath(): string {
  const started = process.env['npm_execpath'] ?? '';
  return basename(started) === 'npm-cli.js'
    ? started
    : join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
}

/** Of what a user may import: `broker`, `broker/testing`. */
function entriesOf(name: string): readonly string[] {
  const paths = Object.keys(manifestOf(name).exports).filter((path) => path !== './package.json');
  return paths.map((path) => join(name, path));
}

describe.each(names)('@agentwrit/%s', (name) => {
  it.each([
    { how: 'import()', program: (id: string) => `const m = await import('${id}');` },
    {
      how: 'require()',
      program: (id: string) =>
        `import { createRequire } from 'node:module'; const m = createRequire(process.cwd() + '/')('${id}');`,
    },
  ])('gives its exports to $how', async ({ program }) => {
    for (const entry of entriesOf(name)) {
      const code = `${program(`@agentwrit/${entry}`)} console.log(JSON.stringify(Object.keys(m).sort()));`;
      const { output } = await start(['--no-warnings', '--input-type=module', '-e', code], {
        cwd: folder,
      }).finished;
      expect(output.trim(), entry).toBe(JSON.stringify(exported[entry]));
    }
  });

  it('has commands that run', async () => {
    const { bin = {}, version } = manifestOf(name);
    for (const [command, path] of Object.entries(bin)) {
      const target = join(folder, 'node_modules', '@agentwrit', name, path);
      expect(readFileSync(target, 'utf8').split('\n', 1)).toEqual(['#!/usr/bin/env node']);
      const { code, output } = await start([target, '--version'], { cwd: folder }).finished;
      expect([code, output], command).toEqual([0, expect.stringContaining(version)]);
    }
  });

  it('ships what a user needs, and no tests or sources', () => {
    const target = join(folder, 'node_modules', '@agentwrit', name);
    // node_modules is ours: the links to its dependencies.
    const entries = readdirSync(target).filter((entry) => entry !== 'node_modules');
    expect(entries.toSorted()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json']);
    const built = readdirSync(join(target, 'dist'), { recursive: true, withFileTypes: true });
    const files = built.filter((entry) => entry.isFile()).map((entry) => entry.name);
    expect(files).toEqual(expect.arrayContaining(['index.js', 'index.d.ts']));
    expect(files.filter((file) => !/\.(?:js|js\.map|d\.ts)$/.test(file))).toEqual([]);
  });

  it('pleases the package linter', async () => {
    const pkgDir = join(folder, 'node_modules', '@agentwrit', name);
    const { messages, pkg } = await publint({ pkgDir, strict: true, pack: false });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it('says its licence and its Node, and lets its dependencies have patches', () => {
    const { license, engines, dependencies = {} } = manifestOf(name);
    expect(license).toBe('MIT');
    expect(engines.node).toBe('>=20.19');
    for (const range of Object.values(dependencies)) {
      expect(range).toMatch(/^(?:workspace:\^|\^\d+\.\d+\.\d+)$/);
    }
  });
});
