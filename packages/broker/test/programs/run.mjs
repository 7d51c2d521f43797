// The path of a program here, in TypeScript, in → that program run in this process, on the source as it is:
// a child process has no vitest around it, and not every Node reads types.

import { fileURLToPath } from 'node:url';
import { createViteServer } from 'vitest/node';

const [, , program] = process.argv;
if (program === undefined) throw new Error('usage: run.mjs PROGRAM [ARGUMENT...]');
const server = await createViteServer({
  root: fileURLToPath(new URL('../../', import.meta.url)),
  configFile: false,
  logLevel: 'error',
  appType: 'custom',
  optimizeDeps: { noDiscovery: true },
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
});
await server.ssrLoadModule(`/test/programs/${program}`);
await server.close();
