// The setups of users in → what each compiler says of a program in each, out.

import { cpSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { commandPath, ROOT, start } from '../programs.js';
import type { Artefacts } from './installation.js';
import { readManifest } from './manifest.js';
import type { Setup } from './setups.js';

export interface Compilation {
  readonly setup: Setup;
  /** Under its name in this project's dependencies. */
  readonly compiler: string;
  readonly module: Module;
  /** `express: TypeScript 7.0.2, module node16`. */
  readonly name: string;
}

type Module = 'node16' | 'nodenext' | 'commonjs' | 'esnext';

const NEWEST = 'typescript';
const TIMEOUT_MS = 150_000;

/**
 * What is ESM to Node, what a bundler reads, and CommonJS. That one may require() ES modules under `nodenext`
 * since TypeScript 5.8, under `node16` never, and under `commonjs`, which newer ones do not have, always.
 */
export function compilationsOf(setup: Setup): readonly Compilation[] {
  return [NEWEST, setup.oldestTypeScript].flatMap((compiler) => {
    const { version } = readManifest(join(ROOT, 'test', 'node_modules', compiler));
    const commonJs = compiler === NEWEST ? 'nodenext' : 'commonjs';
    const modules: readonly Module[] = ['node16', commonJs, 'esnext'];
    return modules.map((module) => ({
      setup,
      compiler,
      module,
      name: `${setup.name}: TypeScript ${version}, module ${module}`,
    }));
  });
}

/** What the compilers say, by {@link Compilation.name}. One process of each reads all its projects. */
export async function compile(
  compilations: readonly Compilation[],
  artefacts: Artefacts,
): Promise<ReadonlyMap<string, string>> {
  const compilers = [...new Set(compilations.map(({ compiler }) => compiler))];
  const said = await Promise.all(
    compilers.map((compiler) => {
      const own = compilations.filter((compilation) => compilation.compiler === compiler);
      return build(compiler, own, artefacts);
    }),
  );
  return new Map(said.flat());
}

async function build(
  compiler: string,
  compilations: readonly Compilation[],
  artefacts: Artefacts,
): Promise<readonly (readonly [string, string])[]> {
  const projects = compilations.map((compilation) =>
    writeProject(compilation, artefacts.folderOf(compilation.setup)),
  );
  const { code, output } = await start(
    [commandPath(compiler, 'tsc'), '--build', '--verbose', '--pretty', 'false', ...projects],
    { cwd: artefacts.folder, timeoutMs: TIMEOUT_MS },
  ).finished;
  const [, ...sections] = output.split(/^.* - Building project '/m);
  const said = sections.map((section): readonly [string, string] => {
    const [project = '', ...lines] = section.split('\n');
    const diagnostics = lines.filter((line) => line !== '' && !line.includes(" - Project '"));
    return [basename(project).replace(/'\.*$/, ''), diagnostics.join('\n')];
  });
  const byProject = new Map(said);
  if (code !== 0 && said.every(([, diagnostics]) => diagnostics === '')) {
    throw new Error(`${compiler} ended with ${code}: ${output}`);
  }
  return compilations.map((compilation, index) => [
    compilation.name,
    byProject.get(basename(projects[index] ?? '')) ?? `not compiled: ${output}`,
  ]);
}

/** Writes a program and its settings into the folder of its setup; gives the path of the settings. */
function writeProject({ setup, compiler, module }: Compilation, folder: string): string {
  const isCommonJs = module === 'nodenext' || module === 'commonjs';
  const program = `${setup.package}.${isCommonJs ? 'cts' : 'ts'}`;
  cpSync(join(ROOT, 'test', 'artefacts', 'programs', program), join(folder, program));
  const project = join(folder, `${setup.name}-${compiler}-${module}.json`);
  writeFileSync(
    project,
    JSON.stringify({ compilerOptions: optionsOf(setup, module), files: [program] }),
  );
  return project;
}

/**
 * The least that all declarations in the tree pass with. None needs the DOM's; those that are fit for a Web
 * platform need a Worker's or Node's.
 */
function optionsOf({ isForWeb }: Setup, module: Module): object {
  const isWeb = isForWeb && module === 'esnext';
  return {
    target: 'es2022',
    lib: isWeb ? ['es2023', 'webworker'] : ['es2023'],
    types: isWeb ? [] : ['node'],
    module,
    ...(module === 'esnext' ? { moduleResolution: 'bundler' } : {}),
    // Declarations with `export =`, such as those that Fastify's logger brings, are imported as a default.
    esModuleInterop: true,
    strict: true,
    skipLibCheck: false,
    noEmit: true,
  };
}
