// The path of a database in → events stored for ever, the id of each printed once it is on disk, until killed.

import { openSqliteStorage } from '../../src/sqlite-storage.js';

const [, , , path = ''] = process.argv;
const storage = openSqliteStorage(path);
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
  // One at a time, so that a slow reader slows the writer down.
  await new Promise((resolve) => process.stdout.write(`${id}\n`, resolve));
}
