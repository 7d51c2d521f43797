import { getMaxListeners, setMaxListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withDeadline } from '../src/deadline.js';
import { AgentWritApp, AgentWritOperator } from '../src/index.js';
import { pause } from '../src/operator/pause.js';
import { untilAborted } from '../src/until-aborted.js';
import { FakeBroker, turns } from './fake-broker.js';

const COUNT = 30;
const warnings: string[] = [];
const note = ({ message }: Error): void => void warnings.push(message);

beforeEach(() => {
  warnings.length = 0;
  process.on('warning', note);
});

afterEach(() => {
  process.off('warning', note);
});

const times = <T>(make: () => T): T[] => Array.from({ length: COUNT }, make);

describe('Node does not warn of a leak where one signal is for many', () => {
  test.each<{ name: string; use: (signal: AbortSignal, until: Promise<void>) => Promise<unknown> }>(
    [
      {
        name: 'calls',
        use: (signal, until) => {
          const limits = { timeoutMs: 1000, signal, expired: () => new Error('late') };
          return Promise.all(times(() => withDeadline(limits, () => until)));
        },
      },
      {
        name: 'callers of one',
        use: (signal, until) => Promise.all(times(() => untilAborted(until, signal))),
      },
      { name: 'pauses', use: (signal) => Promise.all(times(() => pause(1, [signal]))) },
    ],
  )('$name', async ({ use }) => {
    await use(new AbortController().signal, turns());
    await turns();
    expect(warnings).toEqual([]);
  });

  test('keepers, and loops over the audit log', async () => {
    await using broker = await FakeBroker.start();
    await using app = new AgentWritApp({ brokerUrl: broker.url, clientId: 'i', clientSecret: 's' });
    await using operator = new AgentWritOperator({ brokerUrl: broker.url, adminSecret: 's' });
    const scope = ['read:data:*'];
    const agent = await app.createAgent({ orchId: 'orch-1', taskId: 'task-1', scope });
    const ofKeepers = { signal: new AbortController().signal };
    for (const alive of times(() => agent.keepAlive(ofKeepers))) alive.stop();
    const events = operator.auditEvents({ signal: new AbortController().signal });
    await Promise.all(times(() => events[Symbol.asyncIterator]().next()));
    await turns();
    expect(warnings).toEqual([]);
  });
});

test('a limit that the program has set stays, and a signal of another make is no matter', async () => {
  const { signal } = new AbortController();
  setMaxListeners(3, signal);
  await untilAborted(turns(), signal);
  expect(getMaxListeners(signal)).toBe(3);
  const foreign = {
    aborted: false,
    throwIfAborted: () => {},
    addEventListener: () => {},
    removeEventListener: () => {},
  } as unknown as AbortSignal;
  expect(await untilAborted(Promise.resolve('done'), foreign)).toBe('done');
});
