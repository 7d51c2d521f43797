import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BrokerOptions } from '../src/broker-options.js';
import { createBroker } from '../src/index.js';
import type { LogEntry } from '../src/log.js';
import { Revocations } from '../src/revocations.js';
import type { Revocation, Storage } from '../src/storage.js';
import { createScene, type Got, type Scene } from './scene.js';

// Protocol §8.7.

let folder: string;
let running: Scene | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agentwrit-restart-'));
});

afterEach(() => {
  running?.state.storage?.close();
  running = undefined;
  rmSync(folder, { recursive: true, force: true });
});

/** Ends the broker that runs, and starts one on the same files. */
function restart(options: BrokerOptions = {}): Scene {
  running?.state.storage?.close();
  running = createScene({
    dbPath: join(folder, 'data.db'),
    signingKeyPath: join(folder, 'signing.key'),
    ...options,
  });
  return running;
}

async function revoke(scene: Scene, level: string, target: string): Promise<void> {
  const body = { level, target };
  await scene.call('POST', '/v1/revoke', { token: await scene.adminToken(), body });
}

async function events(scene: Scene): Promise<{ id: string; hash: string; prev_hash: string }[]> {
  const got = await scene.call('GET', '/v1/audit/events?limit=1000', {
    token: await scene.adminToken(),
  });
  return (got.json as { events: { id: string; hash: string; prev_hash: string }[] }).events;
}

describe('a restart', () => {
  it('leaves tokens valid, and they renew, release and delegate', async () => {
    const before = restart();
    const [first, second] = [await before.agent(), await before.agent()];
    const scene = restart();
    expect((await scene.claims(first.token))?.sub).toBe(first.id);
    const token = await scene.renew(first.token);
    const target = await scene.agent();
    expect(
      await scene.claims(await scene.delegate(token, target.id, ['read:data:1'])),
    ).toBeDefined();
    expect((await scene.call('POST', '/v1/token/release', { token: second.token })).status).toBe(
      204,
    );
  });

  it.each(['token', 'agent', 'task', 'chain'])('keeps a revocation at level %s', async (level) => {
    const before = restart();
    const root = await before.agent({ taskId: 'task-7' });
    const other = await before.agent();
    const token =
      level === 'chain' ? await before.delegate(root.token, other.id, ['read:data:1']) : root.token;
    const jti = (await before.claims(token))?.jti ?? '';
    const targets: Record<string, string> = { token: jti, task: 'task-7' };
    await revoke(before, level, targets[level] ?? root.id);
    const scene = restart();
    expect(await scene.claims(token)).toBeUndefined();
    expect(await scene.claims(other.token)).toBeDefined();
  });

  it('keeps released and renewed tokens dead', async () => {
    const before = restart();
    const [released, renewed] = [await before.agent(), await before.agent()];
    await before.call('POST', '/v1/token/release', { token: released.token });
    const living = await before.renew(renewed.token);
    const scene = restart();
    expect(await scene.claims(released.token)).toBeUndefined();
    expect(await scene.claims(renewed.token)).toBeUndefined();
    expect(await scene.claims(living)).toBeDefined();
  });

  it('keeps apps with their credentials, ceilings and states', async () => {
    const before = restart();
    const kept = await before.app({ name: 'kept', scopes: ['read:data:*'], token_ttl: 120 });
    const gone = await before.app({ name: 'gone' });
    const admin = await before.adminToken();
    const change = { scopes: ['write:data:*'], token_ttl: 240 };
    await before.call('PUT', `/v1/admin/apps/${kept.id}`, { token: admin, body: change });
    await before.call('DELETE', `/v1/admin/apps/${gone.id}`, { token: admin });
    const list = (await before.call('GET', '/v1/admin/apps', { token: admin })).text;

    const scene = restart();
    expect((await scene.call('GET', '/v1/admin/apps', { token: admin })).text).toBe(list);
    const login = ({
      clientId,
      clientSecret,
    }: typeof kept): Promise<{ status: number; json: unknown }> =>
      scene.call('POST', '/v1/app/auth', {
        body: { client_id: clientId, client_secret: clientSecret },
      });
    expect(await login(kept)).toMatchObject({ status: 200, json: { expires_in: 240 } });
    expect(await login(gone)).toMatchObject({ status: 401 });
    const again = { name: 'gone', scopes: ['read:data:*'] };
    const taken = await scene.call('POST', '/v1/admin/apps', { token: admin, body: again });
    expect(taken).toMatchObject({ status: 500, detail: 'failed to register app' });
  });

  it('goes on with the audit log where it ended', async () => {
    const before = restart();
    await before.agent();
    const written = await events(before);
    const scene = restart();
    expect((await scene.call('GET', '/v1/health')).json).toMatchObject({
      audit_events_count: written.length,
    });
    const all = await events(scene);
    expect(all.slice(0, written.length)).toEqual(written);
    expect(all.map(({ id }) => id)).toEqual(
      all.map((_event, index) => `evt-${String(index + 1).padStart(6, '0')}`),
    );
    for (const [index, event] of all.entries()) {
      expect(event.prev_hash).toBe(all[index - 1]?.hash ?? '0'.repeat(64));
    }
  });

  it('forgets nonces, launch tokens, agents, spent logins and the uptime', async () => {
    const before = restart();
    const agent = await before.agent();
    const body = await before.registration();
    for (let attempt = 0; attempt < 9; attempt += 1) {
      await before.call('POST', '/v1/admin/auth', { body: { secret: 'x' } });
    }
    before.advance(90);
    const scene = restart();
    expect((await scene.call('GET', '/v1/health')).json).toMatchObject({ uptime: 0 });
    expect(await scene.call('POST', '/v1/register', { body })).toMatchObject({
      detail: 'launch token: launch token not found',
    });
    const launched = { ...body, launch_token: await scene.launchToken() };
    expect(await scene.call('POST', '/v1/register', { body: launched })).toMatchObject({
      detail: 'nonce: nonce not found or expired',
    });
    const delegation = { delegate_to: agent.id, scope: ['read:data:1'] };
    expect(
      await scene.call('POST', '/v1/delegate', { token: agent.token, body: delegation }),
    ).toMatchObject({ status: 404, detail: 'delegate agent not found' });
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const got = await scene.call('POST', '/v1/admin/auth', { body: { secret: 'x' } });
      expect(got.status).toBe(401);
    }
  });

  it('without files leaves nothing valid, so nothing revoked comes back', async () => {
    const before = createScene();
    const { token } = await before.agent();
    expect(await before.claims(token)).toBeDefined();
    expect(await createScene().claims(token)).toBeUndefined();
  });

  it('is possible as soon as the broker is closed', async () => {
    const options = { dbPath: join(folder, 'data.db') };
    for (let start = 0; start < 3; start += 1) await createBroker(options).close();
  });

  it('does not let a strict broker serve an app that a faithful one deregistered', async () => {
    const before = restart();
    const app = await before.app();
    const token = await before.adminToken();
    await before.call('DELETE', `/v1/admin/apps/${app.id}`, { token });
    const body = { agent_name: 'helper', allowed_scope: ['read:data:1'] };
    const mint = (scene: Scene): Promise<Got> =>
      scene.call('POST', '/v1/app/launch-tokens', { token: app.token, body });
    expect((await mint(restart())).status).toBe(201);
    const strict = restart({ strict: true });
    expect((await mint(strict)).status).toBe(401);
    expect((await strict.call('POST', '/v1/token/renew', { token: app.token })).status).toBe(401);
  });
});

const NOTHING_STORED: Storage = {
  loadApps: () => [],
  insertApp: () => undefined,
  updateApp: () => undefined,
  loadRevocations: () => [],
  insertRevocation: () => undefined,
  loadAuditEvents: () => [],
  insertAuditEvent: () => undefined,
  close: () => undefined,
};

describe('a database that stops working', () => {
  const entries: LogEntry[] = [];
  async function broken(): Promise<{ scene: Scene; token: string }> {
    entries.length = 0;
    const scene = restart({ log: (entry) => entries.push(entry) });
    const token = await scene.adminToken();
    await scene.app({ name: 'there' });
    scene.state.storage?.close();
    return { scene, token };
  }
  const faults = (): string[] =>
    entries.filter(({ level }) => level === 'FAIL').map(({ component }) => component);

  it('fails what cannot be kept, in the words of the protocol', async () => {
    const { scene, token } = await broken();
    const [app] = scene.state.apps.newestFirst();
    const path = `/v1/admin/apps/${app?.id}`;
    const calls = [
      ['POST', '/v1/admin/apps', { name: 'new', scopes: ['read:data:*'] }, 'register app'],
      ['PUT', path, { scopes: ['write:data:*'] }, 'update app'],
      ['PUT', path, { token_ttl: 90 }, 'update app TTL'],
      ['DELETE', path, undefined, 'deregister app'],
    ] as const;
    for (const [method, where, body, step] of calls) {
      const got = await scene.call(method, where, { token, body });
      expect(got).toMatchObject({ status: 500, detail: `failed to ${step}` });
    }
    expect(scene.state.apps.newestFirst()).toHaveLength(1);
    expect(app).toMatchObject({ scopes: ['read:data:*'], tokenTtl: 1800, status: 'active' });
    expect(faults()).toEqual(['insert_app', 'update_app', 'update_app', 'update_app']);
  });

  it('still revokes, for as long as the broker runs', async () => {
    const { scene } = await broken();
    const { id, token } = await scene.agent();
    await revoke(scene, 'agent', id);
    expect(await scene.claims(token)).toBeUndefined();
    expect(faults()).toContain('insert_revocation');
    expect(faults()).toContain('insert_audit_event');
    const text = (await scene.call('GET', '/v1/metrics')).text;
    expect(text).toContain('agentwrit_db_errors_total{operation="insert_revocation"} 1');
  });

  it('does not keep the broker from closing, nor its file from the next one', async () => {
    const dbPath = join(folder, 'data.db');
    entries.length = 0;
    const broker = createBroker({ dbPath, log: (entry) => entries.push(entry) });
    rmSync(dbPath);
    await broker.close();
    expect(faults()).toEqual(['close']);
    await createBroker({ dbPath }).close();
  });

  it('gets the revocations it missed as soon as it works again', () => {
    const saved: Revocation[] = [];
    let isFull = false;
    const storage: Storage = {
      ...NOTHING_STORED,
      insertRevocation(revocation) {
        if (isFull) throw new Error('the disk is full');
        saved.push(revocation);
      },
    };
    const revocations = new Revocations(storage, { strict: false });
    const told: readonly Revocation[] = ['a', 'b', 'c', 'd'].map((target) => ({
      level: 'token',
      target,
    }));
    for (const { level, target } of told) {
      isFull = target === 'b' || target === 'c';
      revocations.add(level, target);
    }
    expect(saved).toEqual(told);
    isFull = true;
    revocations.add('agent', 'e');
    isFull = false;
    revocations.save();
    expect(saved.at(-1)).toEqual({ level: 'agent', target: 'e' });
  });
});

describe('files that cannot be used', () => {
  it('are an error at start, which says which step it was', () => {
    writeFileSync(join(folder, 'data.db'), 'no database at all, but some text of a certain length');
    expect(() => restart()).toThrow(/^init database: .*data\.db/);
  });

  it('are free again after such an error', async () => {
    await restart().app();
    running?.state.storage?.close();
    running = undefined;
    const damage = new Database(join(folder, 'data.db'));
    damage.exec("UPDATE apps SET scopes = 'no list'");
    damage.close();
    expect(() => restart()).toThrow(/^init database: .*apps/);
    const repair = new Database(join(folder, 'data.db'));
    repair.exec(`UPDATE apps SET scopes = '["read:data:*"]'`);
    repair.close();
    expect(restart().state.apps.newestFirst()).toHaveLength(1);
  });

  it('are an error at start, when it is the key', () => {
    writeFileSync(join(folder, 'signing.key'), 'no key');
    expect(() => restart()).toThrow(/^keystore: .*signing\.key/);
  });
});
