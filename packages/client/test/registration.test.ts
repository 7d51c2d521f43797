import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { registerAgent, registerAgentFromEnv, type RegisterAgentOptions } from '../src/index.js';
import {
  AGENT_ID,
  CHALLENGE,
  deadToken,
  FakeBroker,
  NONCE,
  problem,
  REGISTER,
  rejection,
  RELEASE,
} from './fake-broker.js';

const WORK = { orchId: 'orch-1', taskId: 'task-1', scope: ['read:data:*'] };
const LAUNCH_TOKEN = 'ab'.repeat(32);

function optionsFor(broker: FakeBroker): RegisterAgentOptions {
  return { ...WORK, brokerUrl: broker.url, launchToken: LAUNCH_TOKEN };
}

describe('registerAgent', () => {
  test('registers with the launch token alone, and gives an agent that works', async () => {
    await using broker = await FakeBroker.start();
    const agent = await registerAgent(optionsFor(broker));
    expect(agent).toMatchObject({ agentId: AGENT_ID, ...WORK, expiresIn: 300, released: false });
    expect(broker.seen.map(({ route }) => route)).toEqual([CHALLENGE, REGISTER]);
    expect(broker.to(REGISTER)[0]?.headers).not.toHaveProperty('authorization');
    expect(broker.to(REGISTER)[0]?.body).toMatchObject({
      launch_token: LAUNCH_TOKEN,
      nonce: NONCE,
      orch_id: 'orch-1',
      task_id: 'task-1',
      requested_scope: ['read:data:*'],
    });
    await agent.release();
    expect(broker.to(RELEASE)).toHaveLength(1);
  });

  test('reads address and launch token from the environment', async () => {
    await using broker = await FakeBroker.start();
    const env = { AGENTWRIT_BROKER_URL: broker.url, AGENTWRIT_LAUNCH_TOKEN: LAUNCH_TOKEN };
    expect((await registerAgentFromEnv(WORK, env)).agentId).toBe(AGENT_ID);
    expect(broker.to(REGISTER)[0]?.body).toMatchObject({ launch_token: LAUNCH_TOKEN });
    for (const name of Object.keys(env)) {
      const error = await rejection(registerAgentFromEnv(WORK, { ...env, [name]: '' }));
      expect(error).toBeInstanceOf(TypeError);
      expect(String(error)).toContain(name);
    }
  });

  test.each<{ name: string; options: object }>([
    { name: '"launchToken"', options: { launchToken: '' } },
    { name: '"orchId"', options: { orchId: 'a/b' } },
    { name: '"taskId"', options: { taskId: '..' } },
    { name: '"scope"', options: { scope: [] } },
    { name: '"key"', options: { key: generateKeyPairSync('ed25519').publicKey } },
    { name: '"signal"', options: { signal: {} } },
    { name: '"fetch"', options: { fetch: 'fetch' } },
    { name: '"timeoutMs"', options: { timeoutMs: 0 } },
    { name: 'unknown option "maxTtl"', options: { maxTtl: 60 } },
  ])(
    'with a wrong $name sends nothing, least of all the launch token',
    async ({ name, options }) => {
      await using broker = await FakeBroker.start();
      const error = await rejection(registerAgent({ ...optionsFor(broker), ...options }));
      expect(error).toBeInstanceOf(TypeError);
      expect(String(error)).toContain(name);
      expect(broker.seen).toHaveLength(0);
    },
  );

  test('with a key that does not sign does not use up the launch token', async () => {
    await using broker = await FakeBroker.start();
    const { publicKey } = generateKeyPairSync('ed25519');
    const key = { publicKey, sign: () => new Uint8Array(64) };
    const error = await rejection(registerAgent({ ...optionsFor(broker), key }));
    expect(error).toMatchObject({ code: 'crypto' });
    expect(broker.to(REGISTER)).toHaveLength(0);
  });

  test.each([
    { name: 'until its deadline', options: { timeoutMs: 100 }, error: { code: 'timeout' } },
    {
      name: 'until its caller leaves',
      options: { signal: AbortSignal.timeout(100) },
      error: { name: 'TimeoutError' },
    },
  ])('waits $name for a key that takes its time', async ({ options, error }) => {
    await using broker = await FakeBroker.start();
    const { publicKey } = generateKeyPairSync('ed25519');
    const key = { publicKey, sign: () => new Promise<never>(() => {}) };
    const outcome = registerAgent({ ...optionsFor(broker), key, ...options });
    expect(await rejection(outcome)).toMatchObject(error);
    expect(broker.to(REGISTER)).toHaveLength(0);
  });

  test.each([
    { name: 'spent', answer: deadToken, error: { name: 'AuthenticationError' } },
    {
      name: 'too weak',
      answer: problem(403, 'scope_violation', 'requested scope exceeds allowed scope'),
      error: { name: 'AuthorizationError', code: 'scope_violation' },
    },
  ])('with a launch token that is $name is refused', async ({ answer, error }) => {
    await using broker = await FakeBroker.start();
    broker.on(REGISTER, answer);
    expect(await rejection(registerAgent(optionsFor(broker)))).toMatchObject(error);
    expect(broker.to(REGISTER)).toHaveLength(1);
  });
});
