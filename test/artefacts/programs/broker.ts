// A broker on a port, and one for tests that issues tokens.

import { type Broker, type BrokerOptions, createBroker } from '@agentwrit/broker';
import { createTestBroker, type TestBroker, type TestToken } from '@agentwrit/broker/testing';

const options: BrokerOptions = { adminSecret: 'correct horse', trustDomain: 'orders.example' };
// @ts-expect-error It counts seconds.
createBroker({ maxTtl: '1h' });

export async function serve(): Promise<string> {
  await using broker: Broker = createBroker(options);
  const answer: Response = await broker.fetch('/v1/health');
  const { url } = await broker.listen();
  return `${url} ${answer.status}`;
}

export async function issue(): Promise<TestToken> {
  const broker: TestBroker = await createTestBroker({ maxTtl: 60 });
  broker.clock.advance(5);
  return broker.issueToken({ scope: ['read:data:*'], ttl: 30 });
}
