// An app and a broker in → workerd's configuration out: one bundled worker, as a deployment to Cloudflare has it.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'rolldown';
import { serverPath } from './server-path.js';

// Not newer than the pinned workerd knows.
const COMPATIBILITY_DATE = '2026-10-01';

// The app is made when the module is loaded, where workerd allows no I/O, no timers and no random numbers: that is
// how one line per route reads best, so it must work.
function programOf(app: string): string {
  return `
    import { env } from 'cloudflare:workers';
    import { createFetch } from ${JSON.stringify(serverPath(app))};
    const app = createFetch(env.BROKER);
    export default { fetch: (request) => app(request) };
  `;
}

// Loopback only: that is where the broker is.
function configOf(broker: string, flags: readonly string[]): string {
  return `
    using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (
      services = [
        (name = "main", worker = .worker),
        (name = "internet", network = (allow = ["local"])),
      ],
      sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
    );
    const worker :Workerd.Worker = (
      modules = [(name = "worker", esModule = embed "worker.js")],
      compatibilityDate = ${JSON.stringify(COMPATIBILITY_DATE)},
      compatibilityFlags = ${JSON.stringify(flags)},
      bindings = [(name = "BROKER", text = ${JSON.stringify(broker)})],
    );
  `;
}

/** Calls `use` with the path of a configuration, which is there until that is done. */
export async function withConfiguration<Result>(
  { app, broker, flags }: { app: string; broker: string; flags: readonly string[] },
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'agentwrit-workerd-'));
  try {
    const path = join(folder, 'config.capnp');
    const entry = join(folder, 'entry.js');
    await writeFile(path, configOf(broker, flags));
    await writeFile(entry, programOf(app));
    await build({
      input: entry,
      platform: 'neutral',
      resolve: { conditionNames: ['workerd', 'worker', 'import', 'module', 'default'] },
      external: [/^cloudflare:/, /^node:/],
      output: { file: join(folder, 'worker.js'), format: 'esm', codeSplitting: false },
      logLevel: 'silent',
    });
    return await use(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
