// Logins in quick succession in → which of them are limited, by which key, out (protocol §1.10).

import { describe, it } from 'vitest';
import { auditTrail } from './audit-trail.js';
import {
  ADMIN_SECRET,
  type BrokerUnderTest,
  type Given,
  startBroker,
} from './broker-under-test.js';
import { app } from './parties.js';
import { producesItsRowsOf } from './problems-seen.js';
import { type Expectation, problem } from './wire-text.js';

const ADMIN = 'POST /v1/admin/auth';
const APP = 'POST /v1/app/auth';
const limited = (retryAfter: string): Expectation =>
  problem(429, 'rate_limited', 'rate limit exceeded, try again later', {
    'Retry-After': retryAfter,
  });
const ADMIN_LIMITED = limited('1');
const APP_LIMITED = limited('60');
const MALFORMED = problem(400, 'invalid_request', 'malformed JSON body');
const REQUIRED = problem(400, 'invalid_request', 'client_id and client_secret are required');
const UNKNOWN = problem(401, 'unauthorized', 'Authentication failed');

async function times(
  count: number,
  broker: BrokerUnderTest,
  line: string,
  given: Given,
  expected: Expectation,
): Promise<void> {
  for (let each = 0; each < count; each += 1) await broker.call(line, given, expected);
}

function from(address: string, body: unknown): Given {
  return { headers: [['X-Forwarded-For', address]], body };
}

describe('POST /v1/admin/auth', () => {
  it('takes ten at once and five a second from one address', async () => {
    const broker = await startBroker();
    const given = { body: '{' };
    await times(10, broker, ADMIN, given, MALFORMED);
    await times(2, broker, ADMIN, given, ADMIN_LIMITED);
    broker.advance(0.15);
    await times(2, broker, ADMIN, given, ADMIN_LIMITED);
    // What was refused has taken nothing: the quarter of a second refills one.
    broker.advance(0.1);
    await times(1, broker, ADMIN, given, MALFORMED);
    await times(1, broker, ADMIN, given, ADMIN_LIMITED);
    broker.advance(1);
    await times(5, broker, ADMIN, given, MALFORMED);
    await times(1, broker, ADMIN, given, ADMIN_LIMITED);
    broker.advance(3600);
    await times(10, broker, ADMIN, given, MALFORMED);
    await times(1, broker, ADMIN, given, ADMIN_LIMITED);
  });

  it('counts every outcome, and refuses before it looks at the body', async () => {
    const broker = await startBroker();
    const trail = auditTrail(broker);
    const refused = (detail: string) => problem(400, 'invalid_request', detail);
    const login = { body: { secret: ADMIN_SECRET } };
    for (let each = 0; each < 2; each += 1) {
      await broker.call(ADMIN, { body: '{}' }, refused('secret is required'));
      await broker.call(ADMIN, { body: '{} {}' }, MALFORMED);
      await broker.call(ADMIN, { body: '' }, MALFORMED);
      await broker.call(ADMIN, login);
      await broker.call(
        ADMIN,
        { body: { secret: 'x' } },
        problem(401, 'unauthorized', 'invalid credentials'),
      );
    }
    await trail.skip();
    for (const body of ['{}', '', { client_id: 'x' }, { secret: 'x' }, login.body]) {
      await broker.call(ADMIN, { body }, ADMIN_LIMITED);
    }
    await trail.is();
  });

  it('knows an address by the first part of the first X-Forwarded-For, as it is', async () => {
    const broker = await startBroker();
    await times(10, broker, ADMIN, from('a', '{'), MALFORMED);
    for (const same of ['a', 'a,b', 'a, c, d', ' a', 'a,']) {
      await broker.call(ADMIN, from(same, '{'), ADMIN_LIMITED);
    }
    const headers = [
      ['X-Forwarded-For', 'a'],
      ['X-Forwarded-For', 'z'],
    ] as const;
    await broker.call(ADMIN, { headers, body: '{' }, ADMIN_LIMITED);
    for (const other of ['A', 'b,a', 'a ,b', 'not an address at all', '"a"', 'b']) {
      await broker.call(ADMIN, from(other, '{'), MALFORMED);
    }
    // The peer itself has not asked yet.
    await times(10, broker, ADMIN, { body: '{' }, MALFORMED);
    await broker.call(ADMIN, { body: '{' }, ADMIN_LIMITED);
    await broker.call(ADMIN, from('127.0.0.1', '{'), ADMIN_LIMITED);
  });
});

describe('POST /v1/app/auth', () => {
  const unknown = (client_id: string) => ({ client_id, client_secret: 'x' });

  it('takes three at once and ten a minute of one client, wherever it is', async () => {
    const broker = await startBroker();
    await broker.call(APP, from('a', unknown('c')), UNKNOWN);
    await broker.call(APP, from('b', unknown('c')), UNKNOWN);
    await broker.call(APP, { body: '{"client_secret":"","client_id":"c"}' }, REQUIRED);
    await broker.call(APP, from('d', unknown('c')), APP_LIMITED);
    await broker.call(APP, from('a', unknown('C')), UNKNOWN);
    broker.advance(5.9);
    await broker.call(APP, { body: unknown('c') }, APP_LIMITED);
    broker.advance(0.2);
    await broker.call(APP, { body: unknown('c') }, UNKNOWN);
    await broker.call(APP, { body: unknown('c') }, APP_LIMITED);
    broker.advance(3600);
    await times(3, broker, APP, { body: unknown('c') }, UNKNOWN);
    await broker.call(APP, { body: unknown('c') }, APP_LIMITED);
  });

  it('counts logins that succeed', async () => {
    const broker = await startBroker();
    const { clientId: client_id, clientSecret: client_secret } = await app(broker);
    const body = { client_id, client_secret };
    await broker.call(APP, { body });
    await broker.call(APP, { body });
    const trail = auditTrail(broker);
    await trail.skip();
    await broker.call(APP, { body }, APP_LIMITED);
    await trail.is();
  });

  it.each([
    ['malformed', '{', MALFORMED],
    ['followed by something', '{"client_id":"c","client_secret":"x"} x', UNKNOWN],
    ['without client_id', '{"client_secret":"x"}', REQUIRED],
    ['with an empty client_id', '{"client_id":"","client_secret":"x"}', REQUIRED],
    ['with a client_id of null', '{"client_id":null}', REQUIRED],
    ['with a client_id that is no text', '{"client_id":1}', MALFORMED],
    ['a list', '["c"]', MALFORMED],
    ['empty', '', MALFORMED],
  ])('goes by the address when the body is %s', async (_, body, expected) => {
    const broker = await startBroker();
    await times(3, broker, APP, { body }, expected);
    await broker.call(APP, { body }, APP_LIMITED);
    await broker.call(APP, { body: '{}' }, APP_LIMITED);
    await broker.call(APP, from('elsewhere', body), expected);
    await broker.call(APP, { body: unknown('c') }, UNKNOWN);
    // The two endpoints count apart.
    await broker.call(ADMIN, { body: '{' }, MALFORMED);
  });
});

producesItsRowsOf('rate-limits');
