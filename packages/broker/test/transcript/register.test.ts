// Registrations, spoilt and sound, in → the answer, and what it has used up, out (protocol §2.5).

import { describe, it } from 'vitest';
import { type BrokerUnderTest, startBroker } from './broker-under-test.js';
import { answerTo, challenge, launchToken, type Registration, registration } from './parties.js';
import { producesItsRowsOf } from './problems-seen.js';
import { type Expectation, json, problem } from './wire-text.js';

const LINE = 'POST /v1/register';
const refused = (detail: string) => problem(400, 'invalid_request', detail);
const unauthorized = (detail: string) => problem(401, 'unauthorized', detail);
const MISSING = refused('missing required field');
const LT_UNKNOWN = unauthorized('launch token: launch token not found');
const LT_EXPIRED = unauthorized('launch token: launch token expired');
const LT_CONSUMED = unauthorized('launch token: launch token already consumed');
const SCOPE = problem(403, 'scope_violation', 'requested scope exceeds allowed scope');
const NONCE_UNKNOWN = unauthorized('nonce: nonce not found or expired');
const NONCE_CONSUMED = unauthorized('nonce: nonce already consumed');
const KEY_BASE64 = unauthorized('invalid Ed25519 public key: base64 decode failed');
const KEY_SIZE = unauthorized('invalid Ed25519 public key: wrong key size');
const SIGNATURE_BASE64 = unauthorized('nonce signature verification failed: base64 decode failed');
const SIGNATURE = unauthorized('nonce signature verification failed');
const SEGMENT = problem(500, 'internal_error', 'registration failed');
const REGISTERED = json(200, {
  agent_id: 'spiffe://agentwrit.local/agent/orch-1/task-1/⟨hex16⟩',
  access_token: '⟨jwt⟩',
  expires_in: 300,
});

// Two defects each: that of the row and one of a later check. `consumes` is what is gone afterwards.
const FAILURES: readonly {
  readonly name: string;
  readonly spoil: Partial<Registration> | ((sound: Registration) => object);
  readonly expected: Expectation;
  readonly consumes?: 'nonce' | 'nonce and launch token';
}[] = [
  {
    name: '1, 2',
    spoil: () => ({ launch_token: '', nonce: 1 }),
    expected: refused('malformed JSON body'),
  },
  { name: '2, 3', spoil: { launch_token: '', requested_scope: [] }, expected: MISSING },
  { name: '2, 4a', spoil: { launch_token: 'x', nonce: '' }, expected: MISSING },
  { name: '2', spoil: { public_key: '' }, expected: MISSING },
  { name: '2, 10', spoil: { signature: '' }, expected: MISSING },
  { name: '2, 12', spoil: { orch_id: '' }, expected: MISSING },
  { name: '2, 12 too', spoil: { task_id: '' }, expected: MISSING },
  {
    name: '3, 4a',
    spoil: { launch_token: 'x', requested_scope: [] },
    expected: refused('missing required field: requested_scope'),
  },
  { name: '4a, 5', spoil: { launch_token: 'x', requested_scope: ['a:b:c'] }, expected: LT_UNKNOWN },
  {
    name: '4a, in another case',
    spoil: ({ launch_token }) => ({ launch_token: ` ${launch_token}` }),
    expected: LT_UNKNOWN,
  },
  { name: '5, 6', spoil: { requested_scope: ['write:data:x'], nonce: 'x' }, expected: SCOPE },
  { name: '5, malformed', spoil: { requested_scope: ['read:data:x', 'bad'] }, expected: SCOPE },
  { name: '5, 7', spoil: { requested_scope: ['read:data'], public_key: '!' }, expected: SCOPE },
  { name: '6a, 7', spoil: { nonce: '0'.repeat(64), public_key: '!' }, expected: NONCE_UNKNOWN },
  {
    name: '6a, in upper case',
    spoil: ({ nonce }) => ({ nonce: nonce.toUpperCase() }),
    expected: NONCE_UNKNOWN,
  },
  {
    name: '7, 9',
    spoil: { public_key: '!', signature: '!' },
    expected: KEY_BASE64,
    consumes: 'nonce',
  },
  {
    name: '7, without padding',
    spoil: ({ public_key }) => ({ public_key: public_key.replace('=', '') }),
    expected: KEY_BASE64,
    consumes: 'nonce',
  },
  {
    name: '7, base64url',
    spoil: { public_key: `${'_'.repeat(43)}=` },
    expected: KEY_BASE64,
    consumes: 'nonce',
  },
  {
    name: '8, 9',
    spoil: { public_key: 'AAAA', signature: '!' },
    expected: KEY_SIZE,
    consumes: 'nonce',
  },
  {
    name: '9, 12',
    spoil: { signature: 'AAA', task_id: 'a/b' },
    expected: SIGNATURE_BASE64,
    consumes: 'nonce',
  },
  {
    name: '10, 12',
    spoil: { signature: 'AAAA', task_id: '..' },
    expected: SIGNATURE,
    consumes: 'nonce',
  },
  {
    name: '10, of another nonce',
    spoil: ({ public_key }) => ({ ...answerTo('00'.repeat(32)), public_key }),
    expected: SIGNATURE,
    consumes: 'nonce',
  },
  ...['a/b', '.', '..', 'a b', 'a:b', 'ä', 'a%20', '<', 'a\n'].map((segment, index) => ({
    name: `12, ${segment}`,
    spoil: index % 2 === 0 ? { orch_id: segment } : { task_id: segment },
    expected: SEGMENT,
    consumes: 'nonce and launch token' as const,
  })),
];

async function attempt(broker: BrokerUnderTest, body: object, expected: Expectation) {
  await broker.call(LINE, { body }, expected);
}

describe('a registration that fails check', () => {
  it.each(FAILURES)('$name', async ({ spoil, expected, consumes }) => {
    const broker = await startBroker();
    const sound = await registration(broker);
    const spoilt = typeof spoil === 'function' ? spoil(sound) : spoil;
    await attempt(broker, { ...sound, ...spoilt }, expected);
    // The same again, with nothing wrong in it, shows what is left.
    if (consumes === 'nonce and launch token') await attempt(broker, sound, LT_CONSUMED);
    else if (consumes === 'nonce') await attempt(broker, sound, NONCE_CONSUMED);
    else await attempt(broker, sound, REGISTERED);
    // And a fresh nonce, or a fresh launch token, what else is.
    const { launch_token } = sound;
    if (consumes === 'nonce') {
      await attempt(broker, await registration(broker, { launch_token }), REGISTERED);
    } else if (consumes !== undefined) {
      const other = { ...sound, launch_token: await launchToken(broker) };
      await attempt(broker, other, NONCE_CONSUMED);
    }
  });
});

describe('a launch token', () => {
  it('is used up by one registration, and its nonce too', async () => {
    const broker = await startBroker();
    const sound = await registration(broker);
    await attempt(broker, sound, REGISTERED);
    await attempt(broker, { ...sound, requested_scope: ['bad'] }, LT_CONSUMED);
    const launch_token = await launchToken(broker);
    await attempt(broker, { ...sound, launch_token, public_key: '!' }, NONCE_CONSUMED);
  });

  it('lives to the end of its last second, and is expired before it is consumed', async () => {
    const broker = await startBroker();
    const [launch_token, used] = [await launchToken(broker), await launchToken(broker)];
    await attempt(broker, await registration(broker, { launch_token: used }), REGISTERED);
    broker.advance(30.999);
    await attempt(broker, await registration(broker, { launch_token }), REGISTERED);
    await attempt(broker, await registration(broker, { launch_token: used }), LT_CONSUMED);
    broker.advance(0.001);
    for (const late of [launch_token, used]) {
      const body = await registration(broker, { launch_token: late, requested_scope: ['bad'] });
      await attempt(broker, body, LT_EXPIRED);
    }
  });

  it('for several uses registers as often as asked, and then expires', async () => {
    const broker = await startBroker();
    const launch_token = await launchToken(broker, { single_use: false, ttl: 5 });
    const first = await registration(broker, { launch_token });
    await attempt(broker, first, REGISTERED);
    await attempt(broker, first, NONCE_CONSUMED);
    await attempt(broker, { ...first, nonce: await challenge(broker) }, SIGNATURE);
    const spoilt = await registration(broker, { launch_token, orch_id: '.' });
    await attempt(broker, spoilt, SEGMENT);
    await attempt(broker, await registration(broker, { launch_token }), REGISTERED);
    broker.advance(6);
    await attempt(broker, await registration(broker, { launch_token }), LT_EXPIRED);
  });
});

describe('a nonce', () => {
  it('lives 30 s, and is consumed before it is old', async () => {
    const broker = await startBroker();
    const launch_token = await launchToken(broker, { ttl: 3600, single_use: false });
    const [early, late, used] = [
      await registration(broker, { launch_token }),
      await registration(broker, { launch_token }),
      await registration(broker, { launch_token, public_key: '!' }),
    ];
    await attempt(broker, used, KEY_BASE64);
    broker.advance(30);
    await attempt(broker, early, REGISTERED);
    broker.advance(1);
    await attempt(broker, { ...late, public_key: '!' }, NONCE_UNKNOWN);
    await attempt(broker, { ...used, public_key: '!' }, NONCE_CONSUMED);
  });
});

producesItsRowsOf('register');
