// The version of pnpm that package.json pins in → its script, and what came of running it, out.

import { existsSync, readFileSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { ROOT, start } from '../programs.js';

// Downloads included, on a slow line and a busy machine.
const TIMEOUT_MS = 120_000;

/** Runs pnpm with what {@link findPnpm} has found; gives what it wrote. */
export function runPnpm(script: string, args: readonly string[], cwd: string): Promise<string> {
  // CI tells pnpm not to ask: there is nobody to answer.
  return finish([script, ...args], { cwd, env: { CI: 'true' } });
}

/** npx puts what it has fetched on the PATH of what it starts. Started by its script, pnpm ends with us. */
export async function findPnpm(): Promise<string> {
  const { packageManager } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    packageManager: string;
  };
  const fetched = await finish(
    [
      npmPath(),
      'exec',
      '--yes',
      '--prefer-offline',
      `--package=${packageManager.replace(/\+.*$/, '')}`,
      '--',
      'node',
      '-p',
      'process.env.PATH',
    ],
    { cwd: ROOT, env: { npm_config_loglevel: 'error' } },
  );
  const script = (fetched.trimEnd().split('\n').at(-1) ?? '')
    .split(delimiter)
    .map((folder) => join(folder, '..', 'pnpm', 'bin', 'pnpm.cjs'))
    .find((path) => existsSync(path));
  if (script === undefined) throw new Error(`npm exec found no pnpm: ${fetched}`);
  return script;
}

/** npm's own script: the one that started us, else the one that came with this Node. */
function npmPath(): string {
  const started = process.env['npm_execpath'] ?? '';
  const node = dirname(process.execPath);
  const path = [
    ...(basename(started) === 'npm-cli.js' ? [started] : []),
    join(node, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(node, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ].find((candidate) => existsSync(candidate));
  if (path === undefined) throw new Error(`no npm beside ${process.execPath}`);
  return path;
}

async function finish(
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<string> {
  const { code, output } = await start(args, { ...options, timeoutMs: TIMEOUT_MS }).finished;
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${output}`);
  return output;
}
