// A path in → an SQLite database that nobody else can open meanwhile, and statements that say what failed,
// out. Two brokers on one file would miss each other's revocations and give event ids twice.

import { accessSync, closeSync, constants, openSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import type Libsql from 'libsql';
import { readStoredRows, type StoredRow } from './stored-row.js';
import { errorCode, systemErrorReason } from './system-error.js';

type Connection = InstanceType<typeof Libsql>;

export type SqliteValue = string | number | null;

/** Both throw an Error of the operation and what SQLite said; never a value that was to be stored. */
export interface SqliteDatabase {
  /** @returns a statement that answers with the number of rows it changed, once they are on disk */
  readonly prepareWrite: (
    operation: string,
    sql: string,
  ) => (values: readonly SqliteValue[]) => number;
  /** @returns a query for all rows of a table, oldest first; it throws on a damaged row, too */
  readonly prepareRead: (table: string, columns: readonly string[]) => () => readonly StoredRow[];
  /** Leaves one file. May be called again. */
  readonly close: () => void;
}

export interface SqliteSchema {
  readonly version: number;
  readonly sql: string;
}

// `AWrt`: tells our files from those of other programs, whose tables must stay as they are.
const APPLICATION_ID = 0x41577274;

// For one that is about to end; a start that waits longer looks like one that hangs.
const LOCK_WAIT_MS = 500;

/** @throws Error `open PATH: ` and why; a file that is no database of this schema stays as it is */
export function openSqliteDatabase(path: string, schema: SqliteSchema): SqliteDatabase {
  const Driver = loadDriver();
  let connection: Connection | undefined;
  try {
    createFile(path);
    // Absolute, because `:memory:` and URLs are not paths to the driver.
    connection = new Driver(resolve(path));
    takeAlone(connection);
    ensureSchema(connection, schema);
    makeDurable(connection);
    return createDatabase(connection);
  } catch (error) {
    if (connection !== undefined) giveBack(connection);
    throw new Error(`open ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

// Not before a database is asked for: the binary is large, and some platforms have none.
function loadDriver(): typeof Libsql {
  const load: (name: string) => unknown = createRequire(import.meta.url);
  try {
    return load('libsql') as typeof Libsql;
  } catch (error) {
    const { platform, arch } = process;
    throw new Error(
      `the package "libsql" has no SQLite for ${platform} ${arch}, or its optional dependency is not installed`,
      { cause: error },
    );
  }
}

// SQLite would make it readable by others; its other files take the mode of this one. A file that is there
// is not opened here: to close it would undo the locks that this very process may hold on it.
function createFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    if (statSync(path).isDirectory()) throw new Error('is a directory', { cause: error });
    accessSync(path, constants.R_OK | constants.W_OK);
  }
}

// The lock is the operating system's, so it dies with the process. No statement is prepared before it is
// held: see giveBack.
function takeAlone(connection: Connection): void {
  connection.exec(`PRAGMA busy_timeout = ${LOCK_WAIT_MS}`);
  connection.exec('PRAGMA locking_mode = EXCLUSIVE');
  connection.exec('BEGIN EXCLUSIVE');
}

/** Within the transaction that took the lock: a new file gets the whole schema or nothing. */
function ensureSchema(connection: Connection, { version, sql }: SqliteSchema): void {
  const application = ask(connection, 'PRAGMA application_id');
  const found = ask(connection, 'PRAGMA user_version');
  if (application === 0 && found === 0 && ask(connection, COUNT_TABLES) === 0) {
    connection.exec(sql);
    connection.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${version}`);
  } else if (application !== APPLICATION_ID) {
    throw new Error('is a database of another program');
  } else if (found !== version) {
    throw new Error(`has schema version ${String(found)}, this broker knows version ${version}`);
  }
  connection.exec('COMMIT');
}

const COUNT_TABLES = 'SELECT count(*) FROM sqlite_schema';

// One flush for each write, and none is answered for before it: a power cut loses nothing.
function makeDurable(connection: Connection): void {
  const mode = ask(connection, 'PRAGMA journal_mode = WAL');
  if (mode !== 'wal') throw new Error(`cannot keep a write-ahead log, only ${String(mode)}`);
  // The second is for macOS, where a plain flush stops at the drive's cache.
  connection.exec('PRAGMA synchronous = FULL; PRAGMA fullfsync = ON');
}

function createDatabase(connection: Connection): SqliteDatabase {
  let open = true;
  const attempt = <T>(operation: string, step: () => T): T => {
    try {
      if (!open) throw new Error('the database is closed');
      return step();
    } catch (error) {
      throw new Error(`${operation}: ${reasonOf(error)}`, { cause: error });
    }
  };
  return {
    prepareWrite: (operation, sql) => {
      const statement = attempt(operation, () => connection.prepare(sql));
      return (values) => attempt(operation, () => statement.run(...values).changes);
    },
    prepareRead: (table, columns) => {
      const operation = `read ${table}`;
      const statement = attempt(operation, () => connection.prepare(selectAll(table, columns)));
      return () =>
        readStoredRows(
          table,
          attempt(operation, () => statement.all()),
        );
    },
    close: () => {
      if (!open) return;
      try {
        attempt('close', () => connection.exec('PRAGMA journal_mode = DELETE'));
      } finally {
        open = false;
        giveBack(connection);
      }
    },
  };
}

// A row comes as the bytes of a JSON text: the driver cuts texts short at U+0000, and damaged UTF-8 in one
// would end the process.
function selectAll(table: string, columns: readonly string[]): string {
  const members = columns.map((column) => `'${column}', ${column}`).join(', ');
  return `SELECT row, CAST(json_object(${members}) AS BLOB) AS members FROM ${table} ORDER BY row`;
}

// The driver ends a connection, and with it the lock, only when the last of its statements is collected.
// So the lock is let go by hand: the next access does it, once the mode is normal.
function giveBack(connection: Connection): void {
  for (const sql of [
    'PRAGMA busy_timeout = 0',
    'ROLLBACK',
    'PRAGMA locking_mode = NORMAL',
    COUNT_TABLES,
  ]) {
    try {
      connection.exec(sql);
    } catch {
      // There was no transaction, or no database; why it is given back has been said.
    }
  }
  connection.close();
}

function ask(connection: Connection, sql: string): unknown {
  return connection.prepare(sql).pluck().all()[0];
}

function reasonOf(error: unknown): string {
  if (errorCode(error) === 'SQLITE_BUSY') return 'is in use by another broker or program';
  return systemErrorReason(error);
}
