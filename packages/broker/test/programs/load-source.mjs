// The name of a file in src → its exports, from the source as it is: a child process has no vitest around it.

import { fileURLToPath } from 'node:url';
import { createViteServer } from 'vitest/node';

export async function loadSource(name) {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const server = await createViteServer({
    root,
    configFile: false,
    logLevel: 'error',
    appType: 'custom',
    optimizeDeps: { noDiscovery: true },
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  });
  try {
    return await server.ssrLoadModule(`/src/${name}`);
  } finally {
    await server.close();
  }
}
