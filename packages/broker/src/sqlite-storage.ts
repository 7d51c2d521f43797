// A path in → what must outlive the process, kept in an SQLite file, out (protocol §6.2, §7.6, §8.7, §9).

import { REVOCATION_LEVELS } from '@agentwrit/protocol';
import type { App } from './apps.js';
import type { AuditEvent } from './audit-log.js';
import { openSqliteDatabase, type SqliteDatabase, type SqliteSchema } from './sqlite-database.js';
import type { Revocation, Storage } from './storage.js';
import type { StoredRow } from './stored-row.js';

// `row` says in which order rows came; ids would sort `evt-1000000` before `evt-999999`.
const SCHEMA: SqliteSchema = {
  version: 1,
  sql: `
    CREATE TABLE apps (
      row INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL UNIQUE,
      client_id TEXT NOT NULL UNIQUE,
      secret_hash TEXT NOT NULL,
      scopes TEXT NOT NULL,
      token_ttl INTEGER NOT NULL,
      status TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE revocations (
      row INTEGER PRIMARY KEY,
      level TEXT NOT NULL,
      target TEXT NOT NULL,
      UNIQUE (level, target)
    ) STRICT;
    CREATE TABLE audit_events (
      row INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      timestamp TEXT NOT NULL,
      event_type TEXT NOT NULL,
      agent_id TEXT,
      task_id TEXT,
      orch_id TEXT,
      detail TEXT NOT NULL,
      resource TEXT,
      outcome TEXT,
      deleg_depth INTEGER,
      deleg_chain_hash TEXT,
      bytes_transferred INTEGER,
      hash TEXT NOT NULL,
      prev_hash TEXT NOT NULL
    ) STRICT;
  `,
};

const APP_COLUMNS = [
  'id',
  'name',
  'client_id',
  'secret_hash',
  'scopes',
  'token_ttl',
  'status',
  'created_at',
  'updated_at',
];

const REVOCATION_COLUMNS = ['level', 'target'];

// The members of an event, under their names.
const EVENT_COLUMNS = [
  'id',
  'timestamp',
  'event_type',
  'agent_id',
  'task_id',
  'orch_id',
  'detail',
  'resource',
  'outcome',
  'deleg_depth',
  'deleg_chain_hash',
  'bytes_transferred',
  'hash',
  'prev_hash',
] as const;

/**
 * Makes the file, mode 0600, when there is none. It is this storage's alone until it is closed or the
 * process ends, however it ends.
 *
 * @throws Error `open PATH: ` and why: in use, no database, one of another program or a later version
 */
export function openSqliteStorage(path: string): Storage {
  const database = openSqliteDatabase(path, SCHEMA);
  try {
    return createStorage(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

function createStorage(database: SqliteDatabase): Storage {
  const { prepareRead, prepareWrite, close } = database;
  const loadApps = prepareRead('apps', APP_COLUMNS);
  const insertApp = prepareWrite('insert into apps', insertInto('apps', APP_COLUMNS));
  const updateApp = prepareWrite(
    'update apps',
    'UPDATE apps SET scopes = ?, token_ttl = ?, status = ?, updated_at = ? WHERE id = ?',
  );
  const loadRevocations = prepareRead('revocations', REVOCATION_COLUMNS);
  const insertRevocation = prepareWrite(
    'insert into revocations',
    `${insertInto('revocations', REVOCATION_COLUMNS)} ON CONFLICT (level, target) DO NOTHING`,
  );
  const loadEvents = prepareRead('audit_events', EVENT_COLUMNS);
  const insertEvent = prepareWrite(
    'insert into audit_events',
    insertInto('audit_events', EVENT_COLUMNS),
  );
  return {
    loadApps: () => loadApps().map(readApp),
    insertApp: (app) => {
      const { id, name, clientId, secretHash, scopes, tokenTtl, status } = app;
      const times = [wholeMs(app.createdAt), wholeMs(app.updatedAt)];
      const list = JSON.stringify(scopes);
      insertApp([id, name, clientId, secretHash, list, tokenTtl, status, ...times]);
    },
    updateApp: ({ id, scopes, tokenTtl, status, updatedAt }) => {
      const values = [JSON.stringify(scopes), tokenTtl, status, wholeMs(updatedAt), id];
      if (updateApp(values) === 0) throw new Error(`update apps: there is no ${id}`);
    },
    loadRevocations: () => loadRevocations().map(readRevocation),
    insertRevocation: ({ level, target }) => void insertRevocation([level, target]),
    loadAuditEvents: () => loadEvents().map(readEvent),
    insertAuditEvent: (event) =>
      void insertEvent(EVENT_COLUMNS.map((column) => event[column] ?? null)),
    close,
  };
}

function insertInto(table: string, columns: readonly string[]): string {
  const values = columns.map(() => '?').join(', ');
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${values})`;
}

// A clock may tell fractions; no answer shows them, and an integer column refuses them.
function wholeMs(epochMs: number): number {
  return Math.trunc(epochMs);
}

function readApp(row: StoredRow): App {
  return {
    id: row.text('id'),
    name: row.text('name'),
    clientId: row.text('client_id'),
    secretHash: row.text('secret_hash'),
    scopes: row.texts('scopes'),
    tokenTtl: row.integer('token_ttl'),
    status: row.oneOf('status', ['active', 'inactive']),
    createdAt: row.integer('created_at'),
    updatedAt: row.integer('updated_at'),
  };
}

function readRevocation(row: StoredRow): Revocation {
  return { level: row.oneOf('level', REVOCATION_LEVELS), target: row.text('target') };
}

function readEvent(row: StoredRow): AuditEvent {
  return {
    id: row.text('id'),
    timestamp: row.text('timestamp'),
    event_type: row.text('event_type'),
    ...row.optionalText('agent_id'),
    ...row.optionalText('task_id'),
    ...row.optionalText('orch_id'),
    detail: row.text('detail'),
    ...row.optionalText('resource'),
    ...row.optionalText('outcome'),
    ...row.optionalInteger('deleg_depth'),
    ...row.optionalText('deleg_chain_hash'),
    ...row.optionalInteger('bytes_transferred'),
    hash: row.text('hash'),
    prev_hash: row.text('prev_hash'),
  };
}
