// Programs that have done what they were for, and close nothing: Node ends them. On the package as it is built.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Broker, createBroker } from '@agentwrit/broker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AgentWritOperator } from '../src/index.js';

// Less than the four seconds that an idle connection is kept.
const PROMPTLY_MS = 3000;

let broker: Broker;
let brokerUrl: string;
let operator: AgentWritOperator;

beforeAll(async () => {
  broker = createBroker({ bcryptCost: 4 });
  brokerUrl = (await broker.listen()).url;
  operator = new AgentWritOperator({ brokerUrl, adminSecret: broker.adminSecret });
});

afterAll(async () => {
  await operator.close();
  await broker.close();
});

test.concurrent.each([
  { name: 'released', rest: 'await agent.release();' },
  { name: 'not even released', rest: '' },
  { name: 'being kept alive', rest: 'agent.keepAlive();' },
  {
    name: 'kept alive and released',
    rest: 'agent.keepAlive({ signal: new AbortController().signal }); await agent.release();',
  },
  { name: 'looked at', rest: 'await validate(brokerUrl, agent.accessToken);' },
  {
    name: 'beside an app that was not closed',
    rest: `await new AgentWritApp({ brokerUrl, clientId: 'id', clientSecret: 'secret' }).health();`,
  },
  {
    name: 'renewed, with a signal that may yet come',
    rest: 'await agent.renew({ signal: new AbortController().signal });',
  },
])('a program whose agent is $name ends', async ({ rest }) => {
  const scope = ['read:data:*'];
  const { launchToken } = await operator.issueLaunchToken({ agentName: 'worker', scope });
  const options = { brokerUrl, launchToken, orchId: 'orch-1', taskId: 'task-1', scope };
  const program = `
    import { AgentWritApp, registerAgent, validate } from '@agentwrit/client';
    const options = ${JSON.stringify(options)};
    const { brokerUrl } = options;
    const agent = await registerAgent(options);
    ${rest}
    console.log('done');
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 15_000,
  });
  const exit = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), exit]);
  const doneAt = performance.now();
  const [code] = (await exit) as [number | null];
  expect(code).toBe(0);
  expect(performance.now() - doneAt).toBeLessThan(PROMPTLY_MS);
});
