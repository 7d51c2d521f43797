import { describe, expect, it } from 'vitest';
import { createScene, type Got, NOON, type Scene } from './scene.js';

// Each rule runs against both brokers and says what either does: the faithful one is the reference
// (protocol §12.3), the strict one closes it.

async function both<T>(run: (scene: Scene) => Promise<T>): Promise<{ faithful: T; strict: T }> {
  return {
    faithful: await run(createScene()),
    strict: await run(createScene({ strict: true })),
  };
}

function outcome({ status, code, detail }: Got): unknown {
  return [status, code, detail];
}

async function isAlive(scene: Scene, token: string): Promise<boolean> {
  return (await scene.claims(token)) !== undefined;
}

const OK = [200, undefined, expect.any(String)];

describe('a delegated token', () => {
  it('does not extend the life of who delegates to itself', async () => {
    const lives = await both(async (scene) => {
      const { id, token } = await scene.agent({ maxTtl: 60 });
      const claims = await scene.claims(await scene.delegate(token, id, ['read:data:*'], 86_400));
      const own = await scene.claims(token);
      return (claims?.exp ?? 0) - (own?.exp ?? 0);
    });
    expect(lives).toEqual({ faithful: 86_340, strict: 0 });
  });

  it('is told the life it gets', async () => {
    const lives = await both(async (scene) => {
      const { id, token } = await scene.agent({ maxTtl: 90 });
      scene.advance(30);
      const body = { delegate_to: id, scope: ['read:data:*'], ttl: 600 };
      const got = await scene.call('POST', '/v1/delegate', { token, body });
      return (got.json as { expires_in: number }).expires_in;
    });
    expect(lives).toEqual({ faithful: 600, strict: 60 });
  });

  it('may live shorter than its delegator', async () => {
    const scene = createScene({ strict: true });
    const { id, token } = await scene.agent();
    const delegated = await scene.delegate(token, id, ['read:data:*'], 10);
    scene.advance(11);
    expect(await isAlive(scene, delegated)).toBe(false);
    expect(await isAlive(scene, token)).toBe(true);
  });

  it('is not kept alive by renewing it', async () => {
    const alive = await both(async (scene) => {
      const { id, token } = await scene.agent({ maxTtl: 60 });
      let delegated = await scene.delegate(token, id, ['read:data:*'], 60);
      scene.advance(50);
      delegated = await scene.renew(delegated);
      scene.advance(20);
      return isAlive(scene, delegated);
    });
    expect(alive).toEqual({ faithful: true, strict: false });
  });

  it('dies with its delegator, released, revoked by token or by agent', async () => {
    const endings = {
      released: async (scene: Scene, token: string) => {
        await scene.call('POST', '/v1/token/release', { token });
      },
      'revoked by token': async (scene: Scene, token: string) => {
        await revoke(scene, 'token', (await scene.claims(token))?.jti);
      },
      'revoked by agent': async (scene: Scene, token: string) => {
        await revoke(scene, 'agent', (await scene.claims(token))?.sub);
      },
    };
    for (const [name, end] of Object.entries(endings)) {
      const alive = await both(async (scene) => {
        const root = await scene.agent();
        const middle = await scene.agent();
        const last = await scene.agent();
        const first = await scene.delegate(root.token, middle.id, ['read:data:*'], 200);
        const second = await scene.delegate(first, last.id, ['read:data:1'], 100);
        await end(scene, root.token);
        return [await isAlive(scene, first), await isAlive(scene, second)];
      });
      expect(alive, name).toEqual({ faithful: [true, true], strict: [false, false] });
    }
  });

  it('dies with a delegator in the middle, and leaves what comes before it alive', async () => {
    const scene = createScene({ strict: true });
    const root = await scene.agent();
    const middle = await scene.agent();
    const last = await scene.agent();
    const first = await scene.delegate(root.token, middle.id, ['read:data:*'], 200);
    const second = await scene.delegate(first, last.id, ['read:data:1'], 100);
    await scene.call('POST', '/v1/token/release', { token: first });
    expect(await isAlive(scene, root.token)).toBe(true);
    expect(await isAlive(scene, second)).toBe(false);
  });

  it('survives the renewal of its delegator, and dies with what that became', async () => {
    const scene = createScene({ strict: true });
    const root = await scene.agent();
    const other = await scene.agent();
    const delegated = await scene.delegate(root.token, other.id, ['read:data:*']);
    const renewed = await scene.renew(await scene.renew(root.token));
    expect(await isAlive(scene, delegated)).toBe(true);
    await scene.call('POST', '/v1/token/release', { token: renewed });
    expect(await isAlive(scene, delegated)).toBe(false);
    expect(await isAlive(scene, other.token)).toBe(true);
  });

  it('dies with an earlier token of its delegator that is revoked late, which that survives', async () => {
    const scene = createScene({ strict: true });
    const root = await scene.agent();
    const other = await scene.agent();
    const jti = (await scene.claims(root.token))?.jti;
    const delegated = await scene.delegate(root.token, other.id, ['read:data:*']);
    const renewed = await scene.renew(root.token);
    await revoke(scene, 'token', jti);
    expect(await isAlive(scene, delegated)).toBe(false);
    expect(await isAlive(scene, renewed)).toBe(true);
  });

  it.each(['delegate', 'renew'])('dies with a delegator that ends during a %s', async (what) => {
    let atNextReading: (() => void) | undefined;
    let now = NOON;
    const clock = (): number => {
      if (atNextReading) queueMicrotask(atNextReading);
      atNextReading = undefined;
      return now;
    };
    const scene = createScene({ strict: true, clock });
    const root = await scene.agent();
    const jti = (await scene.claims(root.token))?.jti ?? '';
    const before = await scene.delegate(root.token, root.id, ['read:data:*']);
    now += 1000;
    // Once the call has been looked at, and while its new token is being signed.
    atNextReading = () => scene.state.revocations.add('token', jti);
    const later =
      what === 'delegate'
        ? await scene.delegate(root.token, root.id, ['read:data:*'])
        : await scene.delegate(await scene.renew(root.token), root.id, ['read:data:*']);
    expect(await isAlive(scene, before)).toBe(false);
    expect(await isAlive(scene, later)).toBe(false);
  });

  it('dies with its delegator after it was renewed itself', async () => {
    const scene = createScene({ strict: true });
    const root = await scene.agent();
    const other = await scene.agent();
    const delegated = await scene.delegate(root.token, other.id, ['read:data:*']);
    const renewed = await scene.renew(delegated);
    expect(await isAlive(scene, renewed)).toBe(true);
    await scene.call('POST', '/v1/token/release', { token: root.token });
    expect(await isAlive(scene, renewed)).toBe(false);
  });
});

describe('an app', () => {
  it('cannot lift its ceiling by delegating its own scope', async () => {
    const got = await both(async (scene) => {
      const app = await scene.app({ scopes: ['read:data:*'] });
      const agent = await scene.agent();
      const token = await scene.delegate(app.token, agent.id, ['app:launch-tokens:*']);
      return outcome(await mint(scene, token, ['admin:revoke:*']));
    });
    const detail = 'requested scopes exceed app ceiling; allowed: [read:data:*]';
    expect(got.faithful).toEqual([201, undefined, expect.any(String)]);
    expect(got.strict).toEqual([403, 'forbidden', detail]);
  });

  it('can delegate its own scope below its ceiling', async () => {
    const scene = createScene({ strict: true });
    const app = await scene.app({ scopes: ['read:data:*'] });
    const agent = await scene.agent();
    const token = await scene.delegate(app.token, agent.id, ['app:launch-tokens:*']);
    expect((await mint(scene, token, ['read:data:1'])).status).toBe(201);
  });

  it('is behind every caller of the app route', async () => {
    const got = await both(async (scene) => {
      const agent = await scene.agent({ scope: ['app:launch-tokens:*'] });
      return outcome(await mint(scene, agent.token, ['admin:revoke:*']));
    });
    expect(got.faithful).toEqual([201, undefined, expect.any(String)]);
    expect(got.strict).toEqual([403, 'forbidden', 'app not found']);
  });

  it('is out with its tokens when it is deregistered', async () => {
    const got = await both(async (scene) => {
      const app = await scene.app();
      await deregister(scene, app.id);
      const minted = await mint(scene, app.token, ['read:data:1']);
      const renewed = await scene.call('POST', '/v1/token/renew', { token: app.token });
      return [minted.status, renewed.status, await isAlive(scene, app.token)];
    });
    expect(got).toEqual({ faithful: [201, 200, false], strict: [401, 401, false] });
  });

  it('leaves no launch token behind when it is deregistered', async () => {
    const got = await both(async (scene) => {
      const app = await scene.app();
      const json = (await mint(scene, app.token, ['read:data:*'])).json;
      const { launch_token } = json as { launch_token: string };
      await deregister(scene, app.id);
      const body = await scene.registration({ launch_token });
      return outcome(await scene.call('POST', '/v1/register', { body }));
    });
    expect(got.faithful).toEqual(OK);
    expect(got.strict).toEqual([401, 'unauthorized', 'launch token: launch token not found']);
  });
});

describe('operators', () => {
  it('cannot lock each other out', async () => {
    const got = await both(async (scene) => {
      const token = await scene.adminToken();
      const body = { level: 'agent', target: 'admin' };
      const answer = await scene.call('POST', '/v1/revoke', { token, body });
      return [outcome(answer), await isAlive(scene, token)];
    });
    expect(got.faithful).toEqual([OK, false]);
    const detail = 'invalid revocation target: admin';
    expect(got.strict).toEqual([[400, 'invalid_request', detail], true]);
  });
});

describe('a bad request is the fault of who sends it', () => {
  it('at registration, and costs neither nonce nor launch token', async () => {
    const got = await both(async (scene) => {
      const body = await scene.registration();
      const bad = await scene.call('POST', '/v1/register', { body: { ...body, task_id: 'a/b' } });
      const good = await scene.call('POST', '/v1/register', { body });
      return [outcome(bad), good.status];
    });
    expect(got.faithful).toEqual([[500, 'internal_error', 'registration failed'], 401]);
    expect(got.strict).toEqual([[400, 'invalid_request', 'invalid orch_id or task_id'], 200]);
  });

  it('at delegation', async () => {
    const got = await both(async (scene) => {
      const { token } = await scene.agent();
      return outcome(await scene.call('POST', '/v1/delegate', { token, body: {} }));
    });
    expect(got.faithful).toEqual([500, 'internal_error', 'delegation failed']);
    expect(got.strict).toEqual([400, 'invalid_request', 'missing required field']);
  });

  it('at the registration of an app whose name is taken', async () => {
    const got = await both(async (scene) => {
      await scene.app({ name: 'reports' });
      const token = await scene.adminToken();
      const body = { name: 'reports', scopes: ['read:data:*'] };
      return outcome(await scene.call('POST', '/v1/admin/apps', { token, body }));
    });
    expect(got.faithful).toEqual([500, 'internal_error', 'failed to register app']);
    expect(got.strict).toEqual([400, 'invalid_request', 'app name already in use']);
  });
});

async function revoke(scene: Scene, level: string, target: string | undefined): Promise<void> {
  const token = await scene.adminToken();
  await scene.call('POST', '/v1/revoke', { token, body: { level, target } });
}

function mint(scene: Scene, token: string, scope: readonly string[]): Promise<Got> {
  const body = { agent_name: 'helper', allowed_scope: scope };
  return scene.call('POST', '/v1/app/launch-tokens', { token, body });
}

async function deregister(scene: Scene, id: string): Promise<void> {
  await scene.call('DELETE', `/v1/admin/apps/${id}`, { token: await scene.adminToken() });
}
