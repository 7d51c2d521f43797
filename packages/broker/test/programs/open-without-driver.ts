// The path of a database in → whether an import alone loads SQLite, and what opening says where there is no
// binary of it, out. The driver is told to look where none is.

import { createRequire } from 'node:module';
import { openSqliteStorage } from '../../src/sqlite-storage.js';

const [, , , path = ''] = process.argv;
process.env['LIBSQL_JS_DEV'] = '1';
const { cache } = createRequire(import.meta.url);
const loaded = Object.keys(cache).some((file) => file.includes('libsql'));
let message = 'it was opened';
try {
  openSqliteStorage(path);
} catch (error) {
  message = error instanceof Error ? error.message : String(error);
}
process.stdout.write(JSON.stringify({ loaded, message }));
