// Options in → a broker on a loopback port that a test moves through time and through faults out.

import { REVOCATION_LEVELS, type RevocationLevel } from '@agentwrit/protocol';
import type { BrokerOptions } from '../broker-options.js';
import { resolveOptions } from '../broker-settings.js';
import { type Broker, openBroker } from '../create-broker.js';
import { createFetchHandler } from '../http/fetch.js';
import { type Listener, startListener } from '../http/listener.js';
import { createWireHandler } from '../http/router.js';
import { revokeTarget } from '../http/routes/revoke.js';
import type { WireHandler } from '../http/wire.js';
import { createFaults, type FailOptions } from './faults.js';
import { createTestClock, type TestClock } from './test-clock.js';
import { type IssueTokenOptions, issueTestToken, type TestToken } from './test-tokens.js';

/** As for `createBroker`; the clock is the test broker's own. `bcryptCost` is 4, `rateLimits` false. */
export type TestBrokerOptions = Omit<BrokerOptions, 'clock'>;

export interface TestBroker extends Omit<Broker, 'listen'> {
  /** Where it listens, on a free port of 127.0.0.1; the same after {@link TestBroker.recover}. */
  readonly url: string;
  readonly clock: TestClock;
  /** @throws TypeError naming the option that is unknown or has a value it cannot have */
  readonly issueToken: (options: IssueTokenOptions) => Promise<TestToken>;
  /** What `POST /v1/revoke` does, audit event included. Effective when it returns. */
  readonly revoke: (revocation: {
    readonly level: RevocationLevel;
    readonly target: string;
  }) => void;
  /** Refuses connections and breaks off what runs; `fetch` rejects. */
  readonly goDown: () => Promise<void>;
  /** Accepts requests and never answers, until it recovers or closes and breaks them off. */
  readonly hang: () => Promise<void>;
  /** Answers every request with this status. */
  readonly fail: (status: number, options?: FailOptions) => Promise<void>;
  /** Works again, remembering everything. */
  readonly recover: () => Promise<void>;
  /** How many requests have arrived, of all paths or of one, whatever became of them. */
  readonly requestCount: (path?: string) => number;
}

const HOST = '127.0.0.1';

/**
 * A broker for the test suites of its users: it listens, its tokens need no ceremony, its time moves at a
 * word and its faults are real ones.
 *
 * @throws TypeError naming the option that is unknown or has a value it cannot have
 * @example
 * ```ts
 * await using broker = await createTestBroker();
 * const { token } = await broker.issueToken({ scope: ['read:data:*'] });
 * ```
 */
export async function createTestBroker(options: TestBrokerOptions = {}): Promise<TestBroker> {
  const clock = createTestClock();
  const tests = { bcryptCost: 4, rateLimits: false };
  const settings = resolveOptions({ ...tests, ...options, clock: clock.now });
  const { broker, state } = openBroker(settings);
  const counts = new Map<string, number>();
  const faults = createFaults(createWireHandler(state));
  const handle: WireHandler = (request) => {
    const [path = ''] = request.target.split('?', 1);
    if (faults.mode() !== 'down') counts.set(path, (counts.get(path) ?? 0) + 1);
    return faults.handle(request);
  };
  const answer = createFetchHandler(handle);
  const listen = (port: number): Promise<Listener> =>
    startListener(handle, { port, host: HOST, tls: settings.tls });

  let listener: Listener | undefined = await listen(0);
  const { port } = listener;
  // Up and down take time, and whoever calls the next one before means it to come after.
  let turning: Promise<void> = Promise.resolve();
  const turn = (change: () => void, isUp: boolean): Promise<void> => {
    const turned = turning.then(async () => {
      change();
      if (!isUp) {
        await listener?.abort();
        listener = undefined;
      } else listener ??= await listen(port);
    });
    turning = turned.catch(() => undefined);
    return turned;
  };

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= turn(faults.recover, true)
      .then(() => listener?.close())
      .then(() => broker.close());
    return closing;
  };

  return {
    get adminSecret() {
      return broker.adminSecret;
    },
    url: `${settings.tls ? 'https' : 'http'}://${HOST}:${port}`,
    clock,
    fetch: (request) => abortable(answer(request), request.signal),
    issueToken: (wanted) => issueTestToken(wanted, state),
    revoke(revocation) {
      const { level, target } = revocation;
      if (!REVOCATION_LEVELS.includes(level) || typeof target !== 'string' || target === '') {
        throw new TypeError('"level" must be token, agent, task or chain, and "target" some text');
      }
      revokeTarget({ level, target }, state);
    },
    goDown: () => turn(faults.goDown, false),
    hang: () => turn(faults.hang, true),
    async fail(status, failure) {
      await turn(() => faults.fail(status, failure), true);
    },
    recover: () => turn(faults.recover, true),
    requestCount(path) {
      if (path !== undefined) return counts.get(path) ?? 0;
      return [...counts.values()].reduce((sum, count) => sum + count, 0);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** In process nothing else would end a wait for an answer that never comes. */
function abortable(answer: Promise<Response>, signal: AbortSignal): Promise<Response> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
