import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AccessToken } from '../src/access-token.js';
import { AgentWritError, AuthorityLostError, TransportError } from '../src/errors.js';
import { KeepAlive, type KeepAliveOptions, readKeepAliveOptions } from '../src/keep-alive.js';
import { AuthenticationError, ProblemResponseError } from '../src/problem-response.js';
import { AGENT_ID } from './fake-broker.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

const problem = (status: number, code?: string) => ({
  type: 'about:blank',
  title: 'No',
  status,
  detail: '',
  instance: '/v1/token/renew',
  ...(code === undefined ? {} : { error_code: code }),
});

const DEAD = new AuthenticationError(problem(401, 'unauthorized'));
const DOWN = new TransportError('transport', 'https://broker.example.com', new Error('refused'));

/** A token that renews as the test says, what happened to it at which second, and its keeper. */
function scene(expiresIn: number, options: KeepAliveOptions = {}) {
  const startedAt = Date.now();
  const log: string[] = [];
  const note = (what: string): void => {
    // To a tenth of a second.
    log.push(`${Math.floor((Date.now() - startedAt) / 100) / 10} ${what}`);
  };
  const issue = (): AccessToken =>
    new AccessToken({ access_token: 't', expires_in: expiresIn }, Date.now());
  const state = {
    token: issue(),
    renew: async (): Promise<void> => {
      state.token = issue();
    },
    stops: 0,
  };
  const alive = new KeepAlive(
    {
      onRenewed: () => note('renewed'),
      onMissed: (error) => note(`missed ${error.name}`),
      onLost: (error) => note(`lost ${error.reason} ${(error.cause as Error).name}`),
      ...options,
    },
    {
      agentId: AGENT_ID,
      token: () => state.token,
      renew: () => state.renew(),
      onStop: () => {
        state.stops += 1;
      },
    },
  );
  const pass = (seconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(seconds * 1000);
  return { alive, state, log, issue, pass };
}

/** A renewal that ends so. */
function fail(error: Error): () => Promise<void> {
  return async () => {
    throw error;
  };
}

describe('a keeper', () => {
  test.each([
    { expiresIn: 300, times: [240, 480, 720] },
    { expiresIn: 5, times: [4, 8, 12] },
    { expiresIn: 86_400, times: [69_120, 138_240, 207_360] },
  ])('renews at 80 % of each life of $expiresIn s', async ({ expiresIn, times }) => {
    const { log, pass } = scene(expiresIn);
    await pass((times[2] ?? 0) + 0.5);
    expect(log).toEqual(times.map((time) => `${time} renewed`));
  });

  test('survives missed beats, and goes on as before', async () => {
    const { state, log, pass } = scene(300);
    const { renew } = state;
    state.renew = fail(DOWN);
    await pass(250);
    // A fifth of the 60 s that are left.
    expect(log).toEqual(['240 missed TransportError']);
    state.renew = fail(new ProblemResponseError(problem(503)));
    await pass(5);
    expect(log.slice(1)).toEqual(['252 missed ProblemResponseError']);
    state.renew = renew;
    await pass(10);
    expect(log.slice(2)).toEqual(['261.6 renewed']);
    await pass(240);
    expect(log.slice(3)).toEqual(['501.6 renewed']);
  });

  test('says once that the authority is lost, as soon as the broker refuses the token', async () => {
    const { alive, state, log, pass } = scene(300);
    state.renew = fail(DEAD);
    const aborted = vi.fn<() => void>();
    alive.signal.addEventListener('abort', aborted);
    await pass(1000);
    expect(log).toEqual(['240 lost refused AuthenticationError']);
    expect(aborted).toHaveBeenCalledTimes(1);
    expect(alive.signal.reason).toBeInstanceOf(AuthorityLostError);
    expect(alive.signal.reason).toMatchObject({
      code: 'authority_lost',
      agentId: AGENT_ID,
      reason: 'refused',
      message: `${AGENT_ID} has lost its authority: the broker refuses its token (No)`,
      cause: DEAD,
    });
    expect(state.stops).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('keeps trying until the token is over, and then says that the authority is lost', async () => {
    const { log, state, pass } = scene(10);
    state.renew = fail(DOWN);
    await pass(11.9);
    expect(log.length).toBeGreaterThan(5);
    expect(log.every((line) => line.includes('missed'))).toBe(true);
    await pass(0.5);
    const [last] = log.slice(-1);
    expect(last).toMatch(/^12\.\d+ lost expired TransportError$/);
    await pass(100);
    expect(log.at(-1)).toBe(last);
  });

  test('does not take a 401 of something in between for a refusal', async () => {
    const { log, state, pass } = scene(300);
    state.renew = fail(new AuthenticationError(problem(401)));
    await pass(241);
    expect(log).toEqual(['240 missed AuthenticationError']);
  });

  test('gives up when the connection was closed', async () => {
    const { log, state, pass } = scene(300);
    state.renew = fail(new AgentWritError('closed', 'closed'));
    await pass(241);
    expect(log).toEqual(['240 lost closed AgentWritError']);
  });

  test('takes a refusal after its end for the end', async () => {
    const { log, state, pass } = scene(10);
    state.renew = fail(DOWN);
    await pass(10.1);
    state.renew = fail(DEAD);
    await pass(1);
    expect(log.at(-1)).toMatch(/lost expired AuthenticationError$/);
  });

  test('hears of a refusal that somebody else was given', async () => {
    const { alive, log, pass } = scene(300);
    await pass(100);
    alive.lose(DEAD);
    alive.lose(DEAD);
    await pass(0);
    expect(log).toEqual(['100 lost refused AuthenticationError']);
    expect(alive.signal.aborted).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('leaves it to whoever renews before it', async () => {
    const { log, state, issue, pass } = scene(300);
    await pass(200);
    state.token = issue();
    await pass(239);
    expect(log).toEqual([]);
    await pass(1);
    expect(log).toEqual(['440 renewed']);
  });

  test('renews soon after the machine has slept', async () => {
    const { log, pass } = scene(300);
    await pass(1);
    // The clock of the wall goes on, the timers stand still.
    vi.setSystemTime(Date.now() + 250_000);
    await pass(28.9);
    expect(log).toEqual([]);
    await pass(0.4);
    expect(log).toEqual([expect.stringMatching(/renewed$/)]);
  });

  test('is not led astray by a clock that is set back', async () => {
    const { log, pass } = scene(300);
    await pass(1);
    vi.setSystemTime(Date.now() - 3_600_000);
    await pass(238.9);
    expect(log).toEqual([]);
    await pass(0.2);
    expect(log).toEqual([expect.stringMatching(/renewed$/)]);
  });

  test('of a long life that misses tries again after half a minute at the latest', async () => {
    const { log, state, pass } = scene(86_400);
    state.renew = fail(DOWN);
    await pass(69_120 + 90.5);
    expect(log).toHaveLength(4);
  });

  test('does not storm a broker whose tokens are dead on arrival', async () => {
    const { log, pass } = scene(0);
    await pass(10);
    expect(log.length).toBeGreaterThan(10);
    expect(log.length).toBeLessThanOrEqual(41);
  });
});

describe('stopped', () => {
  test.each(['stop', 'using', 'signal', 'aborted before'])(
    'by %s it renews no more, and nothing of it is left',
    async (how) => {
      const controller = new AbortController();
      if (how === 'aborted before') controller.abort();
      const { alive, log, pass, state } = scene(300, { signal: controller.signal });
      if (how === 'stop') alive.stop();
      if (how === 'using') alive[Symbol.dispose]();
      if (how === 'signal') controller.abort();
      alive.stop();
      expect(vi.getTimerCount()).toBe(0);
      await pass(1000);
      expect(log).toEqual([]);
      expect(alive.signal.aborted).toBe(false);
      expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
      expect(state.stops).toBeLessThanOrEqual(1);
    },
  );

  test('while it renews, it says nothing of how that ends', async () => {
    for (const failure of [undefined, DEAD]) {
      const { alive, log, pass, state } = scene(300);
      let finish = (): void => {};
      state.renew = async () => {
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
        if (failure !== undefined) throw failure;
      };
      await pass(241);
      alive.stop();
      finish();
      await pass(1000);
      expect(log).toEqual([]);
      expect(vi.getTimerCount()).toBe(0);
    }
  });
});

test('what a callback throws does not end the renewing', async () => {
  const thrown: unknown[] = [];
  const listeners = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => thrown.push(error));
  try {
    const onRenewed = (): void => {
      throw new Error('the log is full');
    };
    const { pass, state } = scene(300, { onRenewed });
    const renew = vi.fn<() => Promise<void>>(state.renew);
    state.renew = renew;
    await pass(500);
    expect(renew).toHaveBeenCalledTimes(2);
    expect(thrown).toEqual([new Error('the log is full'), new Error('the log is full')]);
  } finally {
    process.removeAllListeners('uncaughtException');
    for (const listener of listeners) process.on('uncaughtException', listener);
  }
});

test.each([
  { name: '"onLost"', options: { onLost: 'log' } },
  { name: '"signal"', options: { signal: {} } },
  { name: 'unknown option "at"', options: { at: 0.5 } },
])('a wrong $name is named', ({ name, options }) => {
  expect(() => readKeepAliveOptions(options as KeepAliveOptions)).toThrow(name);
});
