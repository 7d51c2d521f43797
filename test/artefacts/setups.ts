// What users have installed: for each package a folder with it, its framework and the declarations that
// neither brings along.

import { readManifest } from './manifest.js';
import { join } from 'node:path';
import { ROOT } from '../programs.js';

export interface Setup {
  /** The folder's name. */
  readonly name: string;
  /** The package's folder in `packages`, and the program's name in `programs`. */
  readonly package: string;
  /** What a user installs beside it, under the names it has in this project's dependencies. */
  readonly beside: readonly string[];
  /** Everything of ours and every framework that may then be in the tree. */
  readonly brings: readonly string[];
  /** The oldest TypeScript that reads all declarations in the tree. */
  readonly oldestTypeScript: string;
  /** Whether it does without Node's declarations, which a program for a Web platform does not have. */
  readonly isForWeb: boolean;
}

// Our own declarations need TypeScript 5.2, for `await using`; Fastify's need 5.4 (NoInfer), Hono's 5.7
// (Uint8Array<T>), when nobody skips checking them.
const OURS = 'typescript-5.2';
const FRAMEWORKS = 'typescript-5.7';

export const setups: readonly Setup[] = [
  {
    name: 'protocol',
    package: 'protocol',
    beside: ['@types/node'],
    brings: ['@agentwrit/protocol'],
    oldestTypeScript: OURS,
    isForWeb: true,
  },
  {
    name: 'core',
    package: 'core',
    beside: ['@types/node'],
    brings: ['@agentwrit/core', '@agentwrit/protocol'],
    oldestTypeScript: OURS,
    isForWeb: true,
  },
  {
    name: 'express',
    package: 'express',
    // Ours declare `req.agent` without Express' types; it is Express that has none of its own.
    beside: ['express', '@types/express', '@types/node'],
    brings: ['@agentwrit/core', '@agentwrit/express', '@agentwrit/protocol', 'express'],
    oldestTypeScript: OURS,
    isForWeb: false,
  },
  {
    name: 'express4',
    package: 'express',
    beside: ['express4', '@types/express4', '@types/node'],
    brings: ['@agentwrit/core', '@agentwrit/express', '@agentwrit/protocol', 'express'],
    oldestTypeScript: OURS,
    isForWeb: false,
  },
  {
    name: 'fastify',
    package: 'fastify',
    beside: ['fastify', '@types/node'],
    brings: ['@agentwrit/core', '@agentwrit/fastify', '@agentwrit/protocol', 'fastify'],
    oldestTypeScript: FRAMEWORKS,
    isForWeb: false,
  },
  {
    name: 'hono',
    package: 'hono',
    beside: ['hono', '@types/node'],
    brings: ['@agentwrit/core', '@agentwrit/hono', '@agentwrit/protocol', 'hono'],
    oldestTypeScript: FRAMEWORKS,
    isForWeb: true,
  },
  {
    name: 'audit',
    package: 'audit',
    beside: ['@opentelemetry/api', 'prom-client', '@types/node'],
    brings: ['@agentwrit/audit', '@agentwrit/protocol'],
    oldestTypeScript: OURS,
    isForWeb: false,
  },
  {
    name: 'client',
    package: 'client',
    beside: ['@types/node'],
    brings: ['@agentwrit/audit', '@agentwrit/client', '@agentwrit/protocol'],
    oldestTypeScript: OURS,
    isForWeb: false,
  },
  {
    name: 'broker',
    package: 'broker',
    beside: ['@types/node'],
    brings: ['@agentwrit/broker', '@agentwrit/protocol', 'hono'],
    oldestTypeScript: OURS,
    isForWeb: false,
  },
];

/** Of {@link Setup.beside}: real names and the versions that are tested here. */
export function versionsBeside({ beside }: Setup): Readonly<Record<string, string>> {
  return Object.fromEntries(
    beside.map((alias) => {
      const { name, version } = readManifest(join(ROOT, 'test', 'node_modules', alias));
      return [name, version];
    }),
  );
}
