// Success answers of every endpoint that are nearly right: each member missing or of another type, and bytes that
// are no text.

import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { BROKER_CALLS, type BrokerCall, sceneAt, SECRETS } from './broker-calls.js';
import {
  ADMIN_AUTH,
  type Answer,
  APP_AUTH,
  DELEGATE,
  FakeBroker,
  json,
  REGISTER,
  rejection,
  RELEASE,
  RENEW,
  VALIDATE,
} from './fake-broker.js';

// A release has no body to be wrong.
const calls = BROKER_CALLS.filter(({ route }) => route !== RELEASE);

async function goodAnswer(broker: FakeBroker, { route, good }: BrokerCall): Promise<object> {
  const [method = 'GET', path = '/'] = route.split(' ');
  if (good !== undefined) broker.on(route, good);
  return (await (await fetch(broker.url + path, { method })).json()) as object;
}

/** Every other kind of JSON in the place of this one. */
function othersThan(value: unknown): readonly unknown[] {
  const kinds = [null, 7, 0.5, 'access-token-9', true, {}, [7]];
  return kinds.filter((other) => other === 0.5 || kindOf(other) !== kindOf(value));
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}

describe('a good answer is malformed', () => {
  test.each(calls)(
    'to $name, without any of its members or with another type of it',
    async (call) => {
      await using broker = await FakeBroker.start();
      const good = await goodAnswer(broker, call);
      const scene = await sceneAt(broker, 5000);
      expect(Object.keys(good)).not.toHaveLength(0);
      for (const [name, value] of Object.entries(good)) {
        // JSON leaves out what is undefined.
        for (const other of [undefined, ...othersThan(value)]) {
          const sent = broker.to(call.route).length;
          broker.on(call.route, json(200, { ...good, [name]: other }));
          const error = await rejection(call.make(scene, {}));
          expect(error, `${name}: ${JSON.stringify(other)}`).toMatchObject({
            name: 'MalformedAnswerError',
            code: 'malformed_answer',
          });
          expect(inspect(error, { depth: 9 })).not.toMatch(SECRETS);
          expect(broker.to(call.route)).toHaveLength(sent + 1);
        }
      }
      await scene.close();
    },
  );

  test.each(calls)('to $name, when it is called something else', async (call) => {
    await using broker = await FakeBroker.start();
    const good = await goodAnswer(broker, call);
    const scene = await sceneAt(broker, 5000);
    for (const type of ['text/html', 'application/jsonx', '']) {
      broker.on(call.route, json(200, good, { 'content-type': type }));
      expect(await rejection(call.make(scene, {}))).toMatchObject({ code: 'malformed_answer' });
    }
    await scene.close();
  });

  test.each(calls)('to $name, with bytes that are not UTF-8', async (call) => {
    await using broker = await FakeBroker.start();
    const good = await goodAnswer(broker, call);
    const scene = await sceneAt(broker, 5000);
    const [head, tail] = JSON.stringify({ ...good, more: '?' }).split('?');
    broker.on(call.route, bytes(Buffer.concat([text(head), Buffer.of(0xc3, 0x28), text(tail)])));
    expect(await rejection(call.make(scene, {}))).toMatchObject({ code: 'malformed_answer' });
    broker.on(call.route, bytes(Buffer.concat([text(head), Buffer.of(0xc3, 0xa9), text(tail)])));
    await call.make(scene, {});
    await scene.close();
  });
});

function text(part: string | undefined): Buffer {
  return Buffer.from(part ?? '');
}

function bytes(body: Buffer): Answer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(body);
  };
}

describe('seconds that nobody can count', () => {
  const routes = [APP_AUTH, REGISTER, RENEW, DELEGATE, ADMIN_AUTH];

  test.each([-1, -300, 8.64e12, Number.MAX_SAFE_INTEGER])(
    'of %d make an answer malformed, and not a token without an end',
    async (seconds) => {
      await using broker = await FakeBroker.start();
      const scene = await sceneAt(broker, 5000);
      for (const call of BROKER_CALLS.filter(({ route }) => routes.includes(route))) {
        const good = await goodAnswer(broker, call);
        broker.on(call.route, json(200, { ...good, expires_in: seconds }));
        const error = await rejection(call.make(scene, {}));
        expect(error, call.name).toMatchObject({ code: 'malformed_answer' });
        broker.on(call.route);
      }
      await scene.close();
    },
  );
});

describe('a delegated token that', () => {
  test.each([
    { name: 'ends in a line break, as one that was read from a file', text: 'held-token\n' },
    { name: 'has a line break in it', text: 'held-\r\ntoken' },
    { name: 'is not ASCII', text: 'held-token-é' },
  ])('$name is not taken over, whatever the broker says of it', async ({ text }) => {
    await using broker = await FakeBroker.start();
    const scene = await sceneAt(broker, 5000);
    const [call] = BROKER_CALLS.filter(({ name }) => name === 'acceptDelegation');
    if (call?.good !== undefined) broker.on(VALIDATE, call.good);
    const error = await rejection(scene.app.acceptDelegation(text));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain('"accessToken"');
    expect(inspect(error, { depth: 9 })).not.toContain('held-');
    await scene.close();
  });
});
