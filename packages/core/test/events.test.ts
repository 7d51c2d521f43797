import { describe, expect, it } from 'vitest';
import { type DecisionEvent, readDecisionEvent } from '@agentwrit/protocol';
import {
  claimsOf,
  json,
  OTHER_AGENT_ID,
  AGENT_ID,
  REFUSED,
  requestWith,
  tokenOf,
  vouch,
} from './fixtures.js';
import { type Scene, setScene } from './guard-scene.js';

const COMMON = [
  'durationUs',
  'method',
  'outcome',
  'requestId',
  'requiredScope',
  'route',
  'time',
  'version',
];

const WHO = ['agentId', 'delegationDepth', 'grantedScope', 'orchId', 'proof', 'taskId', 'tokenId'];

const CHAIN = [
  { agent: OTHER_AGENT_ID, scope: ['read:data:*'], delegated_at: '2026-02-15T11:59:00Z' },
  { agent: AGENT_ID, scope: ['read:data:*'], delegated_at: '2026-02-15T11:59:30Z' },
];

const DELEGATED = claimsOf({
  scope: ['read:data:7'],
  delegation_chain: CHAIN,
  chain_hash: 'ab'.repeat(32),
});

async function eventOf(scene: Scene, decide: () => unknown): Promise<DecisionEvent> {
  await decide();
  const [event, ...more] = scene.events;
  if (event === undefined || more.length > 0) throw new Error(`${scene.events.length} events`);
  return event;
}

describe('the keys of an event', () => {
  // Readers of audit files rely on them: see DECISION_EVENT_VERSION before changing any.
  it.each<{ name: string; keys: readonly string[]; decide: (scene: Scene) => unknown }>([
    {
      name: 'a request that is let in',
      keys: [...COMMON, ...WHO, 'usedScope'],
      decide: ({ guard }) => guard.requireScope('read:data:7')(requestWith(tokenOf())),
    },
    {
      name: 'one with a delegated token',
      keys: [...COMMON, ...WHO, 'usedScope', 'delegationChainHash', 'delegationRoot'],
      decide: ({ guard }) => guard.requireScope('read:data:7')(requestWith(tokenOf(DELEGATED))),
    },
    {
      name: 'one that needs one of several scopes, and says where it comes from',
      keys: [...COMMON, ...WHO, 'usedScope', 'requiredScopeMatch', 'clientAddress'],
      decide: ({ guard }) =>
        guard.requireAnyScope(
          'read:logs:1',
          'read:data:7',
        )(requestWith(tokenOf(), { clientAddress: '192.0.2.7' })),
    },
    {
      name: 'one that any good token opens',
      keys: [...COMMON, ...WHO],
      decide: ({ guard }) => guard.authenticate()(requestWith(tokenOf())),
    },
    {
      name: 'one without credentials',
      keys: COMMON,
      decide: ({ guard }) => guard.authenticate({ optional: true })(requestWith(undefined)),
    },
    {
      name: 'a refused scope',
      keys: [...COMMON, ...WHO, 'reason', 'cause'],
      decide: ({ guard }) => guard.requireScope('write:data:7')(requestWith(tokenOf())),
    },
    {
      name: 'a refused token',
      keys: [...COMMON, 'reason', 'cause'],
      decide: ({ guard, broker }) => {
        broker.answer = () => json(REFUSED);
        return guard.requireScope('read:data:7')(requestWith(tokenOf()));
      },
    },
    {
      name: 'a broker that cannot be asked',
      keys: [...COMMON, 'reason', 'cause', 'detail'],
      decide: ({ guard, broker }) => {
        broker.answer = () => json({}, { status: 500 });
        return guard.requireScope('read:data:7')(requestWith(tokenOf()));
      },
    },
  ])('are as they are: $name', async ({ keys, decide }) => {
    const scene = setScene();
    const event = await eventOf(scene, () => decide(scene));
    expect(Object.keys(event).toSorted()).toEqual(keys.toSorted());
    // And a reader gets all of it back.
    expect(readDecisionEvent(JSON.parse(JSON.stringify(event)))).toStrictEqual(event);
  });
});

describe('an event', () => {
  it('says which held scope covered each of those needed, the exact one before the wildcard', async () => {
    const scene = setScene();
    const scope = ['read:data:*', 'read:data:7', 'write:data:*'];
    const event = await eventOf(scene, () =>
      scene.guard.requireScope(
        'write:data:7',
        'read:data:7',
      )(requestWith(tokenOf(claimsOf({ scope })))),
    );
    expect(event.usedScope).toEqual([
      { required: 'write:data:7', held: 'write:data:*' },
      { required: 'read:data:7', held: 'read:data:7' },
    ]);
  });

  it('says of several alternatives only the first that was covered', async () => {
    const scene = setScene();
    const scope = ['read:data:*', 'read:logs:2'];
    const event = await eventOf(scene, () =>
      scene.guard.requireAnyScope(
        'read:none:1',
        'read:logs:2',
        'read:data:7',
      )(requestWith(tokenOf(claimsOf({ scope })))),
    );
    expect(event.usedScope).toEqual([{ required: 'read:logs:2', held: 'read:logs:2' }]);
  });

  it('says of a computed requirement what was used of it', async () => {
    const scene = setScene();
    const event = await eventOf(scene, () =>
      scene.guard.requireScope(() => ['read:data:8'])(requestWith(tokenOf())),
    );
    expect(event.requiredScope).toEqual(['read:data:8']);
    expect(event.usedScope).toEqual([{ required: 'read:data:8', held: 'read:data:*' }]);
  });

  it('says how deep the delegation goes, and whose authority it was at first', async () => {
    const scene = setScene();
    const event = await eventOf(scene, () =>
      scene.guard.requireScope('read:data:7')(requestWith(tokenOf(DELEGATED))),
    );
    expect(event).toMatchObject({
      delegationDepth: 2,
      delegationRoot: OTHER_AGENT_ID,
      delegationChainHash: 'ab'.repeat(32),
    });
  });

  it('tells the time to the decision in whole microseconds', async () => {
    const scene = setScene();
    scene.broker.answer = (token) => {
      scene.clock.advance(1.25);
      return vouch(token);
    };
    const event = await eventOf(scene, () => scene.guard.authenticate()(requestWith(tokenOf())));
    expect(event.durationUs).toBe(1250);
  });

  it.each([
    '192.0.2.7',
    '::ffff:127.0.0.1',
    'fe80::1%eth0',
    '[2001:db8::1]',
    '2001:db8:85a3:8d3:1319:8a2e:370:7348',
  ])('has the address of the client: %s', async (clientAddress) => {
    const scene = setScene();
    const event = await eventOf(scene, () =>
      scene.guard.authenticate()(requestWith(tokenOf(), { clientAddress })),
    );
    expect(event.clientAddress).toBe(clientAddress);
  });

  it.each(['', 'a'.repeat(65), '192.0.2.7, 10.0.0.1', '<script>', 'a\nb'])(
    'has no address that is none: %j',
    async (clientAddress) => {
      const scene = setScene();
      const event = await eventOf(scene, () =>
        scene.guard.authenticate()(requestWith(tokenOf(), { clientAddress })),
      );
      expect(event).not.toHaveProperty('clientAddress');
    },
  );

  it('is told though an address is only promised, and the promise fails', async () => {
    const unhandled: unknown[] = [];
    const listen = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', listen);
    const scene = setScene();
    const facts = Object.defineProperty(requestWith(tokenOf()), 'clientAddress', {
      get: () => Promise.reject(new Error('no socket')),
    });
    const event = await eventOf(scene, () => scene.guard.authenticate()(facts));
    // Node looks for unhandled rejections once the microtasks are done.
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.off('unhandledRejection', listen);
    expect(event).not.toHaveProperty('clientAddress');
    expect(unhandled).toEqual([]);
  });

  it('is told though an address throws', async () => {
    const scene = setScene();
    const facts = Object.defineProperty(requestWith(tokenOf()), 'clientAddress', {
      get() {
        throw new Error('no socket');
      },
    });
    const event = await eventOf(scene, () => scene.guard.authenticate()(facts));
    expect(event.outcome).toBe('allow');
  });

  it('has the path nowhere, nor the query, nor the token', async () => {
    const scene = setScene();
    const event = await eventOf(scene, () =>
      scene.guard.authenticate()(requestWith(tokenOf(), { url: '/data/very-private?key=hidden' })),
    );
    const text = JSON.stringify(event);
    for (const secret of ['very-private', 'hidden', tokenOf(), tokenOf().split('.')[1] ?? '-']) {
      expect(text).not.toContain(secret);
    }
  });
});
