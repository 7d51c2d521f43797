// Nothing in → which machine this is, and the versions of everything that is compared, out.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';

export interface Machine {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGigabytes: number;
  readonly system: string;
  readonly node: string;
  readonly versions: Readonly<Record<string, string>>;
}

const PACKAGES = [
  '@agentwrit/core',
  'express',
  'fastify',
  'hono',
  '@hono/node-server',
  'express-oauth2-jwt-bearer',
  '@fastify/jwt',
  '@modelcontextprotocol/express',
  '@modelcontextprotocol/server',
  'lru-cache',
];

export function describeMachine(now: Date): Machine {
  const processors = cpus();
  const versions = PACKAGES.flatMap((name) => {
    const version = versionOf(name);
    return version === undefined ? [] : [[name, version] as const];
  });
  return {
    date: now.toISOString().slice(0, 10),
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.version,
    versions: Object.fromEntries(versions),
  };
}

const require = createRequire(import.meta.url);

/** `undefined` where it is not installed. */
function versionOf(name: string): string | undefined {
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      // Read, not required: not every package lets its manifest be.
      const manifest = readFileSync(join(folder, name, 'package.json'), 'utf8');
      return (JSON.parse(manifest) as { readonly version: string }).version;
    } catch {
      continue;
    }
  }
  return undefined;
}
