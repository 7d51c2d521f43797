// The path of a database in → events stored for ever, the id of each printed once it is on disk, until killed.

import { writeSync } from 'node:fs';
import { loadSource } from './load-source.mjs';

const { openSqliteStorage } = await loadSource('sqlite-storage.ts');
const storage = openSqliteStorage(process.argv[2]);
for (let number = 1; ; number += 1) {
  const id = `evt-${String(number).padStart(6, '0')}`;
  storage.insertAuditEvent({
    id,
    timestamp: '2026-02-15T12:00:00Z',
    event_type: 'admin_auth',
    detail: 'x'.repeat(number % 500),
    hash: '1'.repeat(64),
    prev_hash: '0'.repeat(64),
  });
  // Not console.log: a kill must find nothing in a buffer.
  writeSync(1, `${id}\n`);
}
