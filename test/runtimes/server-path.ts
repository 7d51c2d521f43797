// The name of a file of servers/ in → the path of the JavaScript made of it out.

import { fileURLToPath } from 'node:url';

export function serverPath(name: string): string {
  return fileURLToPath(new URL(`../servers/dist/${name}.js`, import.meta.url));
}
