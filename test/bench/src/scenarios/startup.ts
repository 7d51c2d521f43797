// The names of modules in → how long a fresh process takes to import each out.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Spread, spread } from '../spread.js';

export interface StartupRow {
  readonly module: string;
  /** Of the import alone, milliseconds. */
  readonly importMs: Spread;
  /** Processor time of the import, milliseconds. */
  readonly cpuMs: Spread;
  /** From the start of the process to its end, milliseconds. */
  readonly processMs: Spread;
}

const NOTHING = 'nothing';
const MODULES = [
  NOTHING,
  '@agentwrit/core',
  'express',
  '@agentwrit/express',
  'express-oauth2-jwt-bearer',
  '@modelcontextprotocol/express',
  'fastify',
  '@agentwrit/fastify',
  '@fastify/jwt',
  'hono',
  '@agentwrit/hono',
  'hono/jwk',
];

interface Start {
  readonly importMs: number;
  readonly cpuMs: number;
  readonly processMs: number;
}

export async function runStartup(times: number): Promise<readonly StartupRow[]> {
  const found = new Map(MODULES.map((module) => [module, [] as Start[]]));
  // One that nobody counts: files come into memory.
  for (let time = -1; time < times; time += 1) {
    for (const module of time % 2 === 0 ? MODULES : MODULES.toReversed()) {
      const start = await startOnce(module);
      if (time >= 0) found.get(module)?.push(start);
    }
  }
  return [...found].map(([module, starts]) => ({
    module,
    importMs: spread(starts.map(({ importMs }) => importMs)),
    cpuMs: spread(starts.map(({ cpuMs }) => cpuMs)),
    processMs: spread(starts.map(({ processMs }) => processMs)),
  }));
}

// Where modules are looked for.
const FOLDER = fileURLToPath(new URL('..', import.meta.url));

async function startOnce(module: string): Promise<Start> {
  const program = `
    const before = process.cpuUsage();
    const startedAt = performance.now();
    ${module === NOTHING ? '' : `await import(${JSON.stringify(module)});`}
    const importMs = performance.now() - startedAt;
    const { user, system } = process.cpuUsage(before);
    process.stdout.write(JSON.stringify({ importMs, cpuMs: (user + system) / 1000 }));
  `;
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: FOLDER,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${module} cannot be imported`);
  const found = JSON.parse(output) as Pick<Start, 'importMs' | 'cpuMs'>;
  return { ...found, processMs: performance.now() - startedAt };
}
