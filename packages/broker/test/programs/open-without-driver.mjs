// The path of a database in → whether an import alone loads SQLite, and what opening says where there is no
// binary of it, out. The driver is told to look where none is.

import { createRequire } from 'node:module';
import { loadSource } from './load-source.mjs';

process.env.LIBSQL_JS_DEV = '1';
const { openSqliteStorage } = await loadSource('sqlite-storage.ts');
const { cache } = createRequire(import.meta.url);
const loaded = Object.keys(cache).some((path) => path.includes('libsql'));
let message;
try {
  openSqliteStorage(process.argv[2]);
} catch (error) {
  ({ message } = error);
}
process.stdout.write(JSON.stringify({ loaded, message }));
