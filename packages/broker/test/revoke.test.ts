import type { RevocationLevel } from '@agentwrit/protocol';
import { describe, expect, it } from 'vitest';
import { createScene, type Scene } from './scene.js';

async function revoke(scene: Scene, level: string, target: string) {
  const token = await scene.adminToken();
  return scene.call('POST', '/v1/revoke', { token, body: { level, target } });
}

/**
 * `alice` and `bob` have a task each. `alice` has a second token of her own, has delegated to `bob`
 * (`aliceToBob`), and `bob` has passed that on to `carol` (`bobToCarol`), who has her own, too.
 */
async function cast(scene: Scene) {
  const alice = await scene.agent({ taskId: 'task-a' });
  const bob = await scene.agent({ taskId: 'task-b' });
  const carol = await scene.agent({ taskId: 'task-c' });
  const aliceToBob = await scene.delegate(alice.token, bob.id, ['read:data:1']);
  const bobToCarol = await scene.delegate(aliceToBob, carol.id, ['read:data:1']);
  const aliceToAlice = await scene.delegate(alice.token, alice.id, ['read:data:*']);
  const tokens = {
    alice: alice.token,
    bob: bob.token,
    carol: carol.token,
    aliceToBob,
    bobToCarol,
    aliceToAlice,
  };
  return { alice, bob, carol, tokens };
}

type Cast = Awaited<ReturnType<typeof cast>>;
type TokenName = keyof Cast['tokens'];

// What dies is listed; everything else must stay alive (protocol §6.3).
const LEVELS: readonly {
  readonly name: string;
  readonly level: RevocationLevel;
  readonly target: (scene: Scene, cast: Cast) => Promise<string> | string;
  readonly dead: readonly TokenName[];
}[] = [
  {
    name: 'token: that one token, not what was delegated from it',
    level: 'token',
    target: async (scene, { tokens }) => (await scene.claims(tokens.alice))?.jti ?? '',
    dead: ['alice'],
  },
  {
    name: 'agent: every token it is the subject of, delegated ones too',
    level: 'agent',
    target: (_scene, { bob }) => bob.id,
    dead: ['bob', 'aliceToBob'],
  },
  {
    name: 'agent, of a delegator: not what it delegated to others',
    level: 'agent',
    target: (_scene, { alice }) => alice.id,
    dead: ['alice', 'aliceToAlice'],
  },
  {
    name: 'task: every token that does its work, whoever holds it',
    level: 'task',
    target: () => 'task-a',
    dead: ['alice', 'aliceToBob', 'bobToCarol', 'aliceToAlice'],
  },
  {
    name: 'task, of a delegate: not what was delegated to it for another task',
    level: 'task',
    target: () => 'task-b',
    dead: ['bob'],
  },
  {
    name: 'chain: everything delegated from its root, not the root itself',
    level: 'chain',
    target: (_scene, { alice }) => alice.id,
    dead: ['aliceToBob', 'bobToCarol', 'aliceToAlice'],
  },
  {
    name: 'chain, of a middle delegator: nothing',
    level: 'chain',
    target: (_scene, { bob }) => bob.id,
    dead: [],
  },
];

describe('revocation', () => {
  it.each(LEVELS)('kills at level $name', async ({ level, target, dead }) => {
    const scene = createScene();
    const people = await cast(scene);
    const text = await target(scene, people);
    const got = await revoke(scene, level, text);
    expect(got.text).toBe(`{"revoked":true,"level":"${level}","target":"${text}","count":1}\n`);
    const names = Object.keys(people.tokens) as TokenName[];
    const died: TokenName[] = [];
    for (const name of names) {
      if ((await scene.claims(people.tokens[name])) === undefined) died.push(name);
    }
    expect(died).toEqual(names.filter((name) => dead.includes(name)));
  });

  it('refuses a revoked token on bearer routes with 401', async () => {
    const scene = createScene();
    const { id, token } = await scene.agent();
    await revoke(scene, 'agent', id);
    const got = await scene.call('POST', '/v1/token/release', { token });
    expect(got).toMatchObject({ status: 401, detail: 'token verification failed' });
    expect(scene.events.at(-1)?.detail).toContain('token has been revoked');
  });

  it('hits tokens issued later, too', async () => {
    const scene = createScene();
    await revoke(scene, 'task', 'task-1');
    expect(await scene.claims((await scene.agent()).token)).toBeUndefined();
    expect(await scene.claims((await scene.agent({ taskId: 'task-2' })).token)).toBeDefined();
  });

  it('leaves agents registered and launch tokens usable', async () => {
    const scene = createScene();
    const { id } = await scene.agent();
    const launch_token = await scene.launchToken();
    await revoke(scene, 'agent', id);
    const body = await scene.registration({ launch_token });
    expect((await scene.call('POST', '/v1/register', { body })).status).toBe(200);
    const { token } = await scene.agent();
    const delegation = { delegate_to: id, scope: ['read:data:a'] };
    const got = await scene.call('POST', '/v1/delegate', { token, body: delegation });
    expect(got.status).toBe(200);
  });

  it('counts 1 for a repeat and for a target nobody has, and records both', async () => {
    const scene = createScene();
    for (const _ of [1, 2]) {
      expect((await revoke(scene, 'task', 'no-such-task')).json).toMatchObject({ count: 1 });
      expect(scene.events.at(-1)).toMatchObject({
        event_type: 'token_revoked',
        agent_id: 'no-such-task',
        detail: 'revoked at level=task target=no-such-task',
      });
    }
    expect(scene.events.filter((event) => event.event_type === 'token_revoked')).toHaveLength(2);
  });

  it.each([
    { name: 'no level', level: '', target: 'x', detail: 'level and target are required' },
    { name: 'no target', level: 'tokens', target: '', detail: 'level and target are required' },
    {
      name: 'an unknown level',
      level: 'Token',
      target: 'x',
      detail: 'invalid revocation level: Token',
    },
    {
      name: 'an inherited name',
      level: 'toString',
      target: 'x',
      detail: 'invalid revocation level: toString',
    },
  ])('refuses $name', async ({ level, target, detail }) => {
    const got = await revoke(createScene(), level, target);
    expect(got).toMatchObject({ status: 400, code: 'invalid_request', detail });
  });
});
