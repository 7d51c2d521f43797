// Edits of the source in → `createGuard` as it would then be, out. Nothing is written: the text is exchanged
// while it is loaded, by a server of its own.

import { fileURLToPath } from 'node:url';
import { createViteServer } from 'vitest/node';
import type { CreateGuard } from './scripted-world.js';

export interface Edit {
  /** In `src`. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly right: string;
  readonly wrong: string;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/** @throws Error when what is to be replaced is not there, or more than once */
export async function spoiledGuard(
  edits: readonly Edit[],
  entry: 'index' | 'index-worker' = 'index',
): Promise<CreateGuard> {
  const places = new Map<Edit, number>();
  const server = await createViteServer({
    root,
    configFile: false,
    logLevel: 'error',
    appType: 'custom',
    optimizeDeps: { noDiscovery: true },
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    plugins: [
      {
        name: 'spoil',
        enforce: 'pre',
        transform(source, id) {
          let code = source;
          for (const edit of edits) {
            if (!id.endsWith(`/src/${edit.file}`)) continue;
            places.set(edit, code.split(edit.right).length - 1);
            code = code.replace(edit.right, () => edit.wrong);
          }
          return code === source ? undefined : { code, map: null };
        },
      },
    ],
  });
  try {
    const { createGuard } = await server.ssrLoadModule(`/src/${entry}.ts`);
    for (const edit of edits) {
      if (places.get(edit) !== 1) throw new Error(`not once in ${edit.file}: ${edit.right}`);
    }
    return createGuard as CreateGuard;
  } finally {
    await server.close();
  }
}
