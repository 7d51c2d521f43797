import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { open, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { inspect, promisify } from 'node:util';
import Libsql from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../src/apps.js';
import type { AuditEvent } from '../src/audit-log.js';
import { openSqliteStorage } from '../src/sqlite-storage.js';
import type { Storage } from '../src/storage.js';
import { withoutRights } from './without-rights.js';

const HASH = '$2b$12$abcdefghijklmnopqrstuuMARKERMARKERMARKERMARKERMARKERM';
// Everything that a text can go wrong with: quotes of SQL and JSON, U+0000, a byte order mark, two bytes to four.
const ODD = '\u{feff}it\'s "a"; -- \\ \n\r\t\u0000after é\u2028 \u{1f600}';

let directory: string;
let path: string;
const opened: Storage[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'broker-storage-'));
  path = join(directory, 'data.db');
});

afterEach(() => {
  for (const storage of opened.splice(0)) storage.close();
  rmSync(directory, { recursive: true });
});

function openStorage(at = path): Storage {
  const storage = openSqliteStorage(at);
  opened.push(storage);
  return storage;
}

/** What a fresh start finds of what `fill` put in. */
function reopenedAfter(fill: (storage: Storage) => void): Storage {
  const storage = openStorage();
  fill(storage);
  storage.close();
  return openStorage();
}

/** Behind the storage's back. By `exec` alone, because a connection that prepared a statement stays open. */
function alter(sql: string): void {
  const connection = new Libsql(path);
  connection.exec(sql);
  connection.close();
}

function messageOf(step: () => unknown): string {
  try {
    step();
  } catch (error) {
    expect(inspect(error, { depth: 9 })).not.toContain('MARKER');
    return error instanceof Error ? error.message : '';
  }
  return 'nothing was thrown';
}

function app(number: number, changes: Partial<App> = {}): App {
  return {
    id: `app-a${number}-0a1b2c`,
    name: `a${number}`,
    clientId: `a${number}-0a1b2c3d4e5f`,
    secretHash: HASH,
    scopes: ['read:data:*', ODD],
    tokenTtl: 1800,
    status: 'active',
    createdAt: 1_771_156_800_123,
    updatedAt: 1_771_156_800_124,
    ...changes,
  };
}

function event(number: number, changes: Partial<AuditEvent> = {}): AuditEvent {
  return {
    id: `evt-${String(number).padStart(6, '0')}`,
    timestamp: '2026-02-15T12:00:00.12Z',
    event_type: 'admin_auth',
    detail: 'admin authenticated as admin',
    hash: '1'.repeat(64),
    prev_hash: '0'.repeat(64),
    ...changes,
  };
}

const FULL_EVENT: AuditEvent = {
  id: 'evt-000001',
  timestamp: '2026-02-15T12:00:00.12Z',
  event_type: 'delegation_created',
  agent_id: ODD,
  task_id: 'task-1',
  orch_id: 'orch-1',
  detail: ODD,
  resource: '/v1/delegate',
  outcome: 'denied',
  deleg_depth: 5,
  deleg_chain_hash: 'ab'.repeat(32),
  bytes_transferred: 9_007_199_254_740_991,
  hash: '1'.repeat(64),
  prev_hash: '0'.repeat(64),
};

describe('what is stored', () => {
  it('is nothing at first', () => {
    const storage = openStorage();
    expect(storage.loadApps()).toEqual([]);
    expect(storage.loadRevocations()).toEqual([]);
    expect(storage.loadAuditEvents()).toEqual([]);
  });

  it('comes back as it was: apps', () => {
    const apps = [app(3), app(1, { scopes: [], status: 'inactive', name: ODD }), app(2)];
    const storage = reopenedAfter(({ insertApp }) => apps.forEach(insertApp));
    expect(storage.loadApps()).toEqual(apps);
  });

  it('comes back as it was: revocations', () => {
    const revocations = [
      { level: 'task', target: ODD },
      { level: 'agent', target: 'admin' },
      { level: 'token', target: '' },
      // Only what is after U+0000 tells it from the first.
      { level: 'task', target: `${ODD}!` },
      { level: 'chain', target: 'admin' },
    ] as const;
    const storage = reopenedAfter(({ insertRevocation }) => revocations.forEach(insertRevocation));
    expect(storage.loadRevocations()).toEqual(revocations);
  });

  it.each([
    { name: 'every member', event: FULL_EVENT },
    { name: 'no optional member', event: event(1) },
    { name: 'empty texts and zeros', event: event(1, { detail: '', task_id: '', deleg_depth: 0 }) },
    { name: 'a long text', event: event(1, { detail: 'é'.repeat(1_000_000) }) },
  ])('comes back as it was: an event with $name', ({ event }) => {
    const storage = reopenedAfter(({ insertAuditEvent }) => insertAuditEvent(event));
    expect(storage.loadAuditEvents()).toStrictEqual([event]);
  });

  it('keeps the members of an event in the order of the wire', () => {
    const { id, ...others } = FULL_EVENT;
    const storage = reopenedAfter(({ insertAuditEvent }) => insertAuditEvent({ ...others, id }));
    expect(JSON.stringify(storage.loadAuditEvents())).toBe(JSON.stringify([FULL_EVENT]));
  });

  it('keeps the order of recording past evt-999999', () => {
    const events = [999_998, 999_999, 1_000_000, 1_000_001].map((number) => event(number));
    const storage = reopenedAfter(({ insertAuditEvent }) => events.forEach(insertAuditEvent));
    expect(storage.loadAuditEvents()).toEqual(events);
  });

  it('has the last change of an app, at its place', () => {
    const changed = app(1, { scopes: ['a:b:c'], tokenTtl: 60, status: 'inactive', updatedAt: 5 });
    const storage = reopenedAfter(({ insertApp, updateApp }) => {
      insertApp(app(1));
      insertApp(app(2));
      updateApp(changed);
    });
    expect(storage.loadApps()).toEqual([changed, app(2)]);
  });

  it('has times without the fraction that a clock may tell', () => {
    const storage = openStorage();
    storage.insertApp(app(1, { createdAt: 7.9, updatedAt: 8.9 }));
    expect(storage.loadApps()).toEqual([app(1, { createdAt: 7, updatedAt: 8 })]);
    storage.updateApp(app(1, { updatedAt: 9.9 }));
    expect(storage.loadApps()).toEqual([app(1, { createdAt: 7, updatedAt: 9 })]);
  });

  it('takes a revocation again and has it once', () => {
    const storage = openStorage();
    const revocations = [
      { level: 'task', target: 'a' },
      { level: 'task', target: 'b' },
    ] as const;
    for (const revocation of [...revocations, ...revocations]) storage.insertRevocation(revocation);
    expect(storage.loadRevocations()).toEqual(revocations);
  });
});

describe('a write that fails', () => {
  it.each([
    {
      name: 'the id of an app',
      write: (storage: Storage) => storage.insertApp(app(2, { id: app(1).id })),
      message: 'insert into apps: UNIQUE constraint failed: apps.id',
    },
    {
      name: 'the name of an app',
      write: (storage: Storage) => storage.insertApp(app(2, { name: 'a1' })),
      message: 'insert into apps: UNIQUE constraint failed: apps.name',
    },
    {
      name: 'the client id of an app',
      write: (storage: Storage) => storage.insertApp(app(2, { clientId: app(1).clientId })),
      message: 'insert into apps: UNIQUE constraint failed: apps.client_id',
    },
    {
      name: 'the id of an event',
      write: (storage: Storage) => storage.insertAuditEvent(event(1)),
      message: 'insert into audit_events: UNIQUE constraint failed: audit_events.id',
    },
    {
      name: 'an app that is not there',
      write: (storage: Storage) => storage.updateApp(app(2)),
      message: 'update apps: there is no app-a2-0a1b2c',
    },
    {
      name: 'a value that is none',
      write: (storage: Storage) => storage.insertApp(app(2, { tokenTtl: Number.NaN })),
      message: 'insert into apps: NOT NULL constraint failed: apps.token_ttl',
    },
  ])('is told and leaves what was there: $name', ({ write, message }) => {
    const storage = openStorage();
    storage.insertApp(app(1));
    storage.insertAuditEvent(event(1));
    expect(messageOf(() => write(storage))).toBe(message);
    expect(storage.loadApps()).toEqual([app(1)]);
    expect(storage.loadAuditEvents()).toEqual([event(1)]);
  });
});

describe('the file', () => {
  it('is for its owner alone, and so is what SQLite puts beside it', () => {
    const mask = process.umask(0);
    try {
      openStorage().insertApp(app(1));
    } finally {
      process.umask(mask);
    }
    const modes = readdirSync(directory).map(
      (name) => statSync(join(directory, name)).mode & 0o777,
    );
    expect(modes.length).toBeGreaterThan(1);
    expect(new Set(modes)).toEqual(new Set([0o600]));
  });

  it('is one file again after close', () => {
    const storage = openStorage();
    storage.insertApp(app(1));
    storage.close();
    expect(readdirSync(directory)).toEqual(['data.db']);
  });

  it('is where its path says, whatever the driver makes of such names', () => {
    const home = process.cwd();
    process.chdir(directory);
    try {
      openStorage(':memory:').close();
    } finally {
      process.chdir(home);
    }
    expect(readdirSync(directory)).toEqual([':memory:']);
  });

  it.each([
    { name: 'a folder that is not there', at: 'none/data.db', why: 'no such file or directory' },
    { name: 'a folder', at: '.', why: 'is a directory' },
    { name: 'a link to nothing', at: 'link.db', why: 'no such file or directory' },
    { name: 'a path through a file', at: 'file/data.db', why: 'not a directory' },
    { name: 'a file of something else', at: 'file', why: 'file is not a database' },
  ])('cannot be $name', async ({ at, why }) => {
    await symlink('nothing', join(directory, 'link.db'));
    await writeFile(join(directory, 'file'), 'not a database'.repeat(100));
    const path = `${directory}/${at}`;
    expect(messageOf(() => openSqliteStorage(path))).toBe(`open ${path}: ${why}`);
    expect(readdirSync(directory).toSorted()).toEqual(['file', 'link.db']);
    expect(await readFile(join(directory, 'file'), 'utf8')).toBe('not a database'.repeat(100));
  });

  it('must be in a folder that may be entered', () => {
    const message = withoutRights(directory, 0, () => messageOf(() => openSqliteStorage(path)));
    expect(message).toBe(`open ${path}: permission denied`);
  });

  it('must be readable and writable for whoever opens it', async () => {
    await writeFile(path, '', { mode: 0o400 });
    // Root may do anything.
    if (process.getuid?.() === 0) openStorage().close();
    else expect(messageOf(() => openSqliteStorage(path))).toBe(`open ${path}: permission denied`);
  });

  it.each([
    { name: 'another program', sql: 'CREATE TABLE apps (id)' },
    { name: 'another program that marks its own', sql: 'PRAGMA application_id = 1' },
    { name: 'another program with versions', sql: 'PRAGMA user_version = 1' },
  ])('of $name stays as it is', async ({ sql }) => {
    alter(sql);
    const before = await readFile(path);
    const message = messageOf(() => openSqliteStorage(path));
    expect(message).toBe(`open ${path}: is a database of another program`);
    expect(await readFile(path)).toEqual(before);
    alter('CREATE TABLE free (again)');
  });

  it('of a later version stays as it is', async () => {
    openStorage().close();
    alter('PRAGMA user_version = 2');
    const before = await readFile(path);
    const message = messageOf(() => openSqliteStorage(path));
    expect(message).toBe(`open ${path}: has schema version 2, this broker knows version 1`);
    expect(await readFile(path)).toEqual(before);
    alter('PRAGMA user_version = 1');
    openStorage();
  });
});

describe('a damaged file', () => {
  it.each([
    {
      name: 'a list that is no JSON',
      sql: `UPDATE apps SET scopes = '["MARKER'`,
      message: 'apps row 1: "scopes" is not a list of texts',
    },
    {
      name: 'a list of other things',
      sql: `UPDATE apps SET scopes = '["a:b:c", 1]'`,
      message: 'apps row 1: "scopes" is not a list of texts',
    },
    {
      name: 'a list that is one text',
      sql: `UPDATE apps SET scopes = '"MARKER"'`,
      message: 'apps row 1: "scopes" is not a list of texts',
    },
    {
      name: 'a status that is none',
      sql: `UPDATE apps SET status = 'MARKER'`,
      message: 'apps row 1: "status" is none of active, inactive',
    },
    {
      name: 'a number out of range',
      sql: 'UPDATE apps SET token_ttl = 9007199254740993',
      message: 'apps row 1: "token_ttl" is not a safe integer',
    },
    {
      name: 'a text that is no UTF-8',
      sql: `UPDATE apps SET name = CAST(x'ff' AS TEXT)`,
      message: 'apps row 1: is not readable',
    },
    {
      name: 'a level that is none',
      sql: `UPDATE revocations SET level = 'MARKER' WHERE row = 2`,
      message: 'revocations row 2: "level" is none of token, agent, task, chain',
    },
    {
      name: 'a column of something else',
      sql: `DROP TABLE audit_events; CREATE TABLE audit_events AS SELECT 1 AS row, 2 AS id, 3 AS
        timestamp, 4 AS event_type, 5 AS agent_id, 6 AS task_id, 7 AS orch_id, 8 AS detail, 9 AS resource,
        10 AS outcome, 11 AS deleg_depth, 12 AS deleg_chain_hash, 13 AS bytes_transferred, 14 AS hash,
        15 AS prev_hash`,
      message: 'audit_events row 1: "id" is not a text',
    },
  ])('is an error that names the row: $name', ({ sql, message }) => {
    const storage = openStorage();
    storage.insertApp(app(1, { secretHash: `${HASH}MARKER` }));
    storage.insertRevocation({ level: 'task', target: 'a' });
    storage.insertRevocation({ level: 'task', target: 'b' });
    storage.close();
    alter(sql);
    const { loadApps, loadRevocations, loadAuditEvents } = openStorage();
    const load = () => [loadApps(), loadRevocations(), loadAuditEvents()];
    expect(messageOf(load)).toBe(message);
  });

  it('is an error that names the table, where SQLite finds it', async () => {
    const storage = openStorage();
    for (let number = 1; number <= 100; number += 1) storage.insertAuditEvent(event(number));
    storage.close();
    const file = await open(path, 'r+');
    const { size } = await file.stat();
    await file.write(Buffer.alloc(size - 8192, 0xa5), 0, size - 8192, 8192);
    await file.close();
    const message = messageOf(() => openStorage().loadAuditEvents());
    expect(message).toBe('read audit_events: database disk image is malformed');
  });

  it('is given back when a table is missing', () => {
    openStorage().close();
    alter('DROP TABLE revocations');
    expect(messageOf(() => openSqliteStorage(path))).toContain('no such table: revocations');
    alter('CREATE TABLE free (again)');
  });
});

describe('closing', () => {
  it('may be repeated, and nothing works after it', () => {
    const storage = openStorage();
    storage.close();
    storage.close();
    const { loadApps, loadRevocations, loadAuditEvents } = storage;
    for (const load of [loadApps, loadRevocations, loadAuditEvents]) {
      expect(messageOf(load)).toContain('the database is closed');
    }
    expect(messageOf(() => storage.insertApp(app(1)))).toContain('the database is closed');
    expect(openStorage().loadApps()).toEqual([]);
  });
});

const RUN = fileURLToPath(new URL('programs/run.mjs', import.meta.url));

describe('one file', () => {
  it('is open once in a process', () => {
    const storage = openStorage();
    const message = messageOf(() => openSqliteStorage(path));
    expect(message).toBe(`open ${path}: is in use by another broker or program`);
    storage.insertApp(app(1));
    storage.close();
    expect(openStorage().loadApps()).toEqual([app(1)]);
  });

  it('is one process’s alone, which loses nothing when it is killed, and its lock dies with it', async () => {
    const child = spawn(process.execPath, [RUN, 'insert-events.ts', path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const acknowledged: string[] = [];
    let refusal = '';
    const exit = once(child, 'exit');
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged.push(line);
      if (acknowledged.length === 1) refusal = messageOf(() => openSqliteStorage(path));
      if (acknowledged.length === 300) child.kill('SIGKILL');
    }
    expect(await exit).toEqual([null, 'SIGKILL']);
    expect(refusal).toBe(`open ${path}: is in use by another broker or program`);

    const ids = openStorage()
      .loadAuditEvents()
      .map(({ id }) => id);
    // One may be on disk that could not be told of.
    expect(ids.slice(0, acknowledged.length)).toEqual(acknowledged);
    expect(ids.length - acknowledged.length).toBeLessThanOrEqual(1);
  });
});

describe('SQLite', () => {
  it('is loaded when a database is opened, and an error where it cannot be', async () => {
    const args = [RUN, 'open-without-driver.ts', path];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(JSON.parse(stdout)).toEqual({
      loaded: false,
      message: expect.stringMatching(/^the package "libsql" has no SQLite for \w+ \w+/),
    });
    expect(readdirSync(directory)).toEqual([]);
  });
});
