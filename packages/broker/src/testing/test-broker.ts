// Options in → a broker on a loopback port that a test moves through time and through faults out.

import { assertNumber } from '@agentwrit/protocol';
import type { AuditEvent } from '../audit-log.js';
import type { BrokerOptions } from '../broker-options.js';
import { type Broker, openBroker } from '../create-broker.js';
import { createFetchHandler } from '../http/fetch.js';
import { createWireHandler } from '../http/router.js';
import type { WireHandler } from '../http/wire.js';
import { type FailOptions, readFailure } from './failure.js';
import { createFaults } from './faults.js';
import { createRequestCounts, pathOf } from './request-counts.js';
import { type RegisterAppOptions, registerTestApp, type TestApp } from './test-apps.js';
import { createTestClock, type TestClock } from './test-clock.js';
import { resolveTestOptions } from './test-options.js';
import { type Revocation, revokeForTest } from './test-revocations.js';
import { openTestSocket } from './test-socket.js';
import { createTokenIssuer } from './test-tokens.js';
import type { IssueTokenOptions, TestToken } from './token-options.js';

/** As for `createBroker`; the clock is the test broker's own. `bcryptCost` is 4, `rateLimits` false. */
export type TestBrokerOptions = Omit<BrokerOptions, 'clock'>;

/** After `close` the faults and `fetch` reject with `the broker is closed`. */
export interface TestBroker extends Omit<Broker, 'listen'> {
  /** Where it listens, on a free port of 127.0.0.1; the same after {@link TestBroker.recover}. */
  readonly url: string;
  readonly clock: TestClock;
  /**
   * Leaves no audit event.
   *
   * @throws TypeError naming the option that is unknown or has a value it cannot have
   */
  readonly issueToken: (options: IssueTokenOptions) => Promise<TestToken>;
  /**
   * What `POST /v1/admin/apps` does, audit event included.
   *
   * @throws TypeError naming the option that is unknown or has a value it cannot have
   */
  readonly registerApp: (options: RegisterAppOptions) => Promise<TestApp>;
  /**
   * What `POST /v1/revoke` does, audit event included. Effective when it returns.
   *
   * @throws TypeError naming the member that is unknown or has a value it cannot have
   */
  readonly revoke: (revocation: Revocation) => void;
  /** What has been recorded so far, oldest first, frozen; later events are not in it. */
  readonly auditEvents: () => readonly AuditEvent[];
  /** Refuses connections and breaks off what runs; `fetch` rejects. */
  readonly goDown: () => Promise<void>;
  /** Accepts requests and never answers, until it recovers or closes and breaks them off. */
  readonly hang: () => Promise<void>;
  /** Answers as ever, but only after so many milliseconds of real time. */
  readonly slow: (ms: number) => Promise<void>;
  /**
   * Answers with this status: every request, or those `options` say.
   *
   * @throws TypeError naming what is unknown or has a value it cannot have; then nothing has changed
   */
  readonly fail: (status: number, options?: FailOptions) => Promise<void>;
  /**
   * Works again, remembering everything. Does nothing after `close`.
   *
   * @throws Error when the port was taken meanwhile; then it is still down. So do the other three.
   */
  readonly recover: () => Promise<void>;
  /**
   * How many requests have arrived, of all paths or of one, whatever became of them.
   *
   * @throws TypeError when the path does not begin with `/`
   */
  readonly requestCount: (path?: string) => number;
}

// What a timer can wait.
const MAX_DELAY_MS = 2 ** 31 - 1;

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
  const settings = resolveTestOptions(options, clock);
  const { broker, state } = openBroker(settings);
  const counts = createRequestCounts();
  const faults = createFaults(createWireHandler(state));
  const handle: WireHandler = (request) => {
    if (!faults.isDown()) counts.add(pathOf(request));
    return faults.handle(request);
  };
  const answer = createFetchHandler(handle);
  const socket = await openTestSocket(handle, settings.tls).catch(async (error: unknown) => {
    await broker.close();
    throw error;
  });

  const close = async (): Promise<void> => {
    try {
      await socket.close(faults.end);
    } finally {
      await broker.close();
    }
  };

  return {
    get adminSecret() {
      return broker.adminSecret;
    },
    url: socket.url,
    clock,
    async fetch(input, init) {
      if (socket.isClosed()) throw new TypeError('the broker is closed');
      return answer(input, init);
    },
    issueToken: createTokenIssuer(state),
    registerApp: (app) => registerTestApp(app, state),
    revoke: (revocation) => revokeForTest(revocation, state),
    auditEvents: () =>
      Object.freeze(state.audit.events.map((event) => Object.freeze({ ...event }))),
    goDown: () => socket.down(faults.goDown),
    hang: () => socket.up(faults.hang),
    async slow(ms) {
      assertNumber(ms, 'ms', { min: 0, max: MAX_DELAY_MS });
      await socket.up(() => faults.slow(ms));
    },
    async fail(status, failure) {
      const checked = readFailure(status, failure, settings.tls !== undefined);
      await socket.up(() => faults.fail(checked));
    },
    async recover() {
      if (!socket.isClosed()) await socket.up(faults.recover);
    },
    requestCount: counts.of,
    close,
    [Symbol.asyncDispose]: close,
  };
}
