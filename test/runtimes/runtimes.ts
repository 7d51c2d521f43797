// Every runtime that servers run on, and how each of them is told to serve an app.

import { nodeBinary, nodeMajors, platformBinary } from './binaries.js';
import { serverPath } from './server-path.js';
import { type ServerProcess, startServer } from './server-process.js';
import { withConfiguration } from './workerd.js';

export interface Runtime {
  readonly name: string;
  /** `undefined` where npm has no package of it for this machine. */
  readonly program: string | undefined;
  /**
   * Starts a server of its own.
   *
   * @param app one of those in servers/apps.ts
   * @param broker a base URL
   */
  readonly serve: (app: string, broker: string) => Promise<ServerProcess>;
}

function runtime(
  name: string,
  program: string | undefined,
  serve: (program: string, app: string, broker: string) => Promise<ServerProcess>,
): Runtime {
  return {
    name,
    program,
    async serve(app, broker) {
      if (program === undefined) throw new Error(`${name} is not installed`);
      return serve(program, app, broker);
    },
  };
}

export const nodes: readonly Runtime[] = nodeMajors.map((major) =>
  runtime(`Node ${major}`, nodeBinary(major), (program, app, broker) =>
    startServer(program, [serverPath('node'), app, broker]),
  ),
);

const deno = runtime('Deno', platformBinary('deno', 'deno'), (program, app, broker) =>
  startServer(program, [
    'run',
    // All that an API behind the guard needs.
    '--allow-net=127.0.0.1',
    '--no-prompt',
    // Packages are those in the repository's node_modules; none are fetched.
    '--node-modules-dir=manual',
    '--cached-only',
    serverPath('deno'),
    app,
    broker,
  ]),
);

const bun = runtime('Bun', platformBinary('bun', 'bin/bun'), (program, app, broker) =>
  startServer(program, ['run', '--no-install', serverPath('bun'), app, broker]),
);

function workerd(name: string, flags: readonly string[]): Runtime {
  return runtime(name, platformBinary('workerd', 'bin/workerd'), (program, app, broker) =>
    // It has read everything by the time it listens.
    withConfiguration({ app, broker, flags }, (path) =>
      startServer(program, ['serve', '--control-fd=1', path]),
    ),
  );
}

export const others: readonly Runtime[] = [
  deno,
  bun,
  // It has Node's modules by default since 2026-08-04; workers with an older date do without.
  workerd('workerd', []),
  workerd('workerd without nodejs_compat', ['no_nodejs_compat', 'no_nodejs_compat_v2']),
];
