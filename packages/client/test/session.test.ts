import { describe, expect, test } from 'vitest';
import { AccessToken } from '../src/access-token.js';
import {
  AuthenticationError,
  AuthorizationError,
  RateLimitError,
} from '../src/problem-response.js';
import { Session } from '../src/session.js';
import { gate, rejection, turns } from './fake-broker.js';

/** A session whose tokens are `t-1`, `t-2`, … and a clock that the test turns, in seconds. */
function fixture(expiresIn: number) {
  const clock = { seconds: 1000, authentications: 0 };
  const session = new Session({
    now: () => clock.seconds * 1000,
    authenticate: async () => {
      clock.authentications += 1;
      const text = `t-${clock.authentications}`;
      return new AccessToken({ access_token: text, expires_in: expiresIn }, 0);
    },
  });
  return { clock, session, current: () => session.use(async (token) => token.text) };
}

const problem = (status: number, code = 'unauthorized') => ({
  type: 'about:blank',
  title: 'No',
  status,
  detail: '',
  instance: '/',
  error_code: code,
});

describe('a session', () => {
  test.each([
    { expiresIn: 1800, ahead: 1740, end: 1790, why: '60 and 10 s remain of a long life' },
    { expiresIn: 300, ahead: 240, end: 290, why: '60 and 10 s remain of the default life' },
    {
      expiresIn: 60,
      ahead: 48,
      end: 57,
      why: 'a fifth and a twentieth remain of the shortest life',
    },
    { expiresIn: 5, ahead: 4, end: 4.75, why: 'a fifth and a twentieth remain of a life in tests' },
  ])(
    'replaces its token in the background, and later makes callers wait, when $why',
    async ({ expiresIn, ahead, end }) => {
      const { clock, current } = fixture(expiresIn);
      const at = (seconds: number): Promise<string> => {
        clock.seconds = 1000 + seconds;
        return current();
      };
      expect(await at(0)).toBe('t-1');
      expect(await at(ahead - 0.001)).toBe('t-1');
      expect(clock.authentications).toBe(1);
      expect(await at(ahead)).toBe('t-1');
      expect(clock.authentications).toBe(2);
      expect(await current()).toBe('t-2');
      // Idle until the end: the next one has to wait for its token.
      expect(await at(ahead + end - 0.001)).toBe('t-2');
      await turns();
      expect(clock.authentications).toBe(3);
      expect(await at(ahead + end + end)).toBe('t-4');
    },
  );

  test('goes on with its token when replacing it ahead of time fails, and tries again after a pause', async () => {
    const clock = { seconds: 0, authentications: 0 };
    const outcomes = ['t-1', new Error('down'), 'busy', 't-2'] as const;
    const session = new Session({
      now: () => clock.seconds * 1000,
      authenticate: async () => {
        const outcome = outcomes[clock.authentications];
        clock.authentications += 1;
        if (outcome === 'busy') throw new RateLimitError(problem(429), { retryAfterSeconds: 20 });
        if (typeof outcome !== 'string') throw outcome ?? new Error('asked too often');
        return new AccessToken({ access_token: outcome, expires_in: 300 }, 0);
      },
    });
    const at = async (seconds: number): Promise<string> => {
      clock.seconds = seconds;
      const text = await session.use(async (token) => token.text);
      await turns();
      return `${text} ${clock.authentications}`;
    };
    expect(await at(0)).toBe('t-1 1');
    expect(await at(240)).toBe('t-1 2');
    expect(await at(244)).toBe('t-1 2');
    expect(await at(245)).toBe('t-1 3');
    // As long as it was asked to stay away.
    expect(await at(264)).toBe('t-1 3');
    expect(await at(265)).toBe('t-1 4');
    expect(await at(266)).toBe('t-2 4');
  });

  test('with a token that is dead on arrival authenticates for every call', async () => {
    const { clock, current } = fixture(0);
    await current();
    await current();
    expect(clock.authentications).toBe(2);
  });

  test('authenticates once for any number of callers', async () => {
    const { clock, current } = fixture(300);
    const tokens = await Promise.all(Array.from({ length: 20 }, current));
    expect(new Set(tokens)).toEqual(new Set(['t-1']));
    expect(clock.authentications).toBe(1);
  });

  test('answered with 401 authenticates again and repeats the call', async () => {
    const { clock, session, current } = fixture(300);
    const tried: string[] = [];
    const result = await session.use(async ({ text }) => {
      tried.push(text);
      if (text === 't-1') throw new AuthenticationError(problem(401));
      return 'done';
    });
    expect(result).toBe('done');
    expect(tried).toEqual(['t-1', 't-2']);
    expect(await current()).toBe('t-2');
    expect(clock.authentications).toBe(2);
  });

  test('answered with 401 twice gives up, and keeps neither token', async () => {
    const { clock, session, current } = fixture(300);
    const refused = new AuthenticationError(problem(401));
    expect(await rejection(session.use(() => Promise.reject(refused)))).toBe(refused);
    expect(clock.authentications).toBe(2);
    expect(await current()).toBe('t-3');
  });

  test('answered with 401 in many calls at once authenticates once more', async () => {
    const { clock, session } = fixture(300);
    const call = (): Promise<string> =>
      session.use(async ({ text }) => {
        if (text === 't-1') throw new AuthenticationError(problem(401));
        return text;
      });
    expect(new Set(await Promise.all(Array.from({ length: 9 }, call)))).toEqual(new Set(['t-2']));
    expect(clock.authentications).toBe(2);
  });

  test('answered with anything else keeps its token and does not repeat', async () => {
    const { clock, session, current } = fixture(300);
    let calls = 0;
    const outcome = session.use(async () => {
      calls += 1;
      throw new AuthorizationError(problem(403));
    });
    expect(await rejection(outcome)).toMatchObject({ status: 403 });
    expect(calls).toBe(1);
    expect(await current()).toBe('t-1');
    expect(clock.authentications).toBe(1);
  });

  // Else a proxy that asks for a log-in of its own would use up the few that the broker allows.
  test('answered with 401 by something in between keeps its token and does not repeat', async () => {
    const { clock, session, current } = fixture(300);
    const refused = new AuthenticationError(problem(401, ''));
    expect(await rejection(session.use(() => Promise.reject(refused)))).toBe(refused);
    expect(await current()).toBe('t-1');
    expect(clock.authentications).toBe(1);
  });

  test('does not keep a failed authentication', async () => {
    let attempts = 0;
    const session = new Session({
      authenticate: async () => {
        attempts += 1;
        if (attempts === 1) throw new AuthenticationError(problem(401));
        return new AccessToken({ access_token: 'good', expires_in: 300 }, 0);
      },
    });
    const call = (): Promise<string> => session.use(async ({ text }) => text);
    // Wrong credentials are not tried twice in one call.
    expect(await rejection(call())).toMatchObject({ status: 401 });
    expect(attempts).toBe(1);
    expect(await call()).toBe('good');
  });

  test('counts the life of a token from the moment it was asked for', async () => {
    let seconds = 0;
    let authentications = 0;
    const session = new Session({
      now: () => seconds * 1000,
      authenticate: async () => {
        authentications += 1;
        seconds += 200;
        return new AccessToken({ access_token: 't', expires_in: 300 }, 0);
      },
    });
    const call = (): Promise<string> => session.use(async ({ text }) => text);
    await call();
    seconds = 239;
    await call();
    expect(authentications).toBe(1);
    seconds = 290;
    await call();
    expect(authentications).toBe(2);
  });

  test('does not throw away a new token because an old one is refused late', async () => {
    const { clock, session } = fixture(300);
    const late = gate();
    const call = (wait: Promise<void> | undefined): Promise<string> =>
      session.use(async ({ text }) => {
        if (text !== 't-1') return text;
        await wait;
        throw new AuthenticationError(problem(401));
      });
    const slow = call(late.opened);
    expect(await call(undefined)).toBe('t-2');
    late.open();
    expect(await slow).toBe('t-2');
    expect(clock.authentications).toBe(2);
  });
});
