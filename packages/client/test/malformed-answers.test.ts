// Success answers of every endpoint that are nearly right: each member missing or of another type, and bytes that
// are no text.

import { describe, expect, test } from 'vitest';
import { BROKER_CALLS, type BrokerCall, sceneAt, SECRETS } from './broker-calls.js';
import { type Answer, FakeBroker, json, rejection, RELEASE } from './fake-broker.js';
import { inspect } from 'node:util';

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
