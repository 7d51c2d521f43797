import { describe, expect, test } from 'vitest';
import {
  AgentWritApp,
  AgentWritOperator,
  registerAgentFromEnv,
  validate,
  type ValidateOptions,
} from '../src/index.js';
import { FakeBroker, rejection } from './fake-broker.js';

const WORK = { orchId: 'orch-1', taskId: 'task-1', scope: ['read:data:*'] };

describe.each<{ name: string; make: (url: string, options: ValidateOptions) => unknown }>([
  {
    name: 'AgentWritApp.fromEnv',
    make: (url, options) => AgentWritApp.fromEnv(options, envOf(url)),
  },
  {
    name: 'AgentWritOperator.fromEnv',
    make: (url, options) => AgentWritOperator.fromEnv(options, envOf(url)),
  },
  {
    name: 'registerAgentFromEnv',
    make: (url, options) => registerAgentFromEnv(Object.assign(options, WORK), envOf(url)),
  },
  { name: 'validate', make: (url, options) => validate(url, 'a-token', options) },
])('$name', ({ name, make }) => {
  // A copy of them would have none of it, and so go on without the authorities to trust, say.
  test('refuses options that sit on a prototype', async () => {
    await using broker = await FakeBroker.start();
    const options = Object.create({ tls: { ca: [] }, timeoutMs: 50 }) as object;
    const error = await rejection(Promise.resolve().then(() => make(broker.url, options)));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain(name);
    expect(broker.seen).toHaveLength(0);
  });

  test('refuses an address that would not count', async () => {
    await using broker = await FakeBroker.start();
    const options = { brokerUrl: 'https://other.example.com' } as object;
    const error = await rejection(Promise.resolve().then(() => make(broker.url, options)));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain('"brokerUrl"');
    expect(broker.seen).toHaveLength(0);
  });
});

function envOf(url: string): Record<string, string> {
  return {
    AGENTWRIT_BROKER_URL: url,
    AGENTWRIT_CLIENT_ID: 'or-0123456789ab',
    AGENTWRIT_CLIENT_SECRET: 'app-secret-of-orders',
    AGENTWRIT_ADMIN_SECRET: 'admin-secret-of-ops',
    AGENTWRIT_LAUNCH_TOKEN: 'launch-token-1',
  };
}
