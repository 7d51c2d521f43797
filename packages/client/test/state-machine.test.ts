// Agents and delegated tokens in every state, against an embedded broker over HTTP: each call by itself.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CALLS, outcomeOf, type State, TABLE, watch } from './credential-calls.js';
import {
  API,
  CredentialWorld,
  type Fate,
  FATES,
  HARMLESS,
  type Kind,
  KINDS,
  kills,
  type Subject,
} from './credential-world.js';
import { DELEGATE, gate, RENEW } from './fake-broker.js';
import { IMMEDIATE } from './watched-broker.js';

let world: CredentialWorld;
beforeAll(async () => {
  world = await CredentialWorld.start();
});
afterAll(() => world[Symbol.asyncDispose]());

interface Situation {
  readonly kind: Kind;
  readonly state: State;
  readonly name: string;
  readonly before: (subject: Subject) => Promise<unknown>;
}

const situations: readonly Situation[] = KINDS.flatMap((kind) => [
  { kind, state: 'live' as const, name: 'live', before: async () => {} },
  { kind, state: 'released' as const, name: 'released', before: ({ holder }) => holder.release() },
  ...FATES.filter((fate) => kills(fate, kind)).map((fate: Fate) => ({
    kind,
    state: 'dead' as const,
    name: `live here, but ${fate}`,
    before: (subject: Subject) => world.befall(subject, fate),
  })),
]);

describe.each(situations)('$kind, $name:', ({ kind, state, before }) => {
  test.each(CALLS.map((call) => ({ call, ...TABLE[state][call] })))(
    '$call comes to $outcome, asks for $asked and leaves it $next',
    async ({ call, outcome, asked, next }) => {
      const subject = await world.create(kind);
      const { holder } = subject;
      await before(subject);
      const { accessToken } = holder;
      const asking = watch(world);
      expect(await outcomeOf(call, subject)).toBe(outcome);
      expect(asking()).toEqual(asked);
      expect(holder.released).toBe(next === 'released');
      expect(await world.broker.isAlive(holder.accessToken)).toBe(next === 'live');
      const isRenewed = call === 'renew' && outcome === 'done';
      expect(holder.accessToken === accessToken).toBe(!isRenewed);
      if (isRenewed) expect(await world.broker.isAlive(accessToken)).toBe(false);
      // It is in that state for every call, not only by its looks.
      for (const then of CALLS.filter((one) => one !== 'renew' && one !== 'release')) {
        expect(await outcomeOf(then, subject)).toBe(TABLE[next][then].outcome);
      }
    },
  );
});

describe.each(KINDS)('%s:', (kind) => {
  test.each(HARMLESS)('%s leaves it live', async (name) => {
    const subject = await world.create(kind);
    await world.revoke(...subject.bystanders[name]);
    expect(await world.broker.isAlive(subject.holder.accessToken)).toBe(true);
    expect(await outcomeOf('renew', subject)).toBe('done');
  });
});

test('an agent outlives the chains that begin with it', async () => {
  const subject = await world.create('agent');
  await world.befall(subject, 'chain revoked');
  expect(await outcomeOf('renew', subject)).toBe('done');
  expect(await world.broker.isAlive(subject.holder.accessToken)).toBe(true);
});

test.each(KINDS)('%s: what a renewal overtakes is done with the new token', async (kind) => {
  const subject = await world.create(kind);
  const renewed = gate();
  world.broker.ways = (route) => ({
    there: () => (route === RENEW ? IMMEDIATE.there() : renewed.opened),
    back: async () => {
      if (route === RENEW) renewed.open();
    },
  });
  const calls = ['delegate', 'fetch', 'renew'] as const;
  const asking = watch(world);
  expect(await Promise.all(calls.map((call) => outcomeOf(call, subject)))).toEqual([
    'done',
    '200',
    'done',
  ]);
  expect(asking().toSorted()).toEqual([API, API, DELEGATE, DELEGATE, RENEW].toSorted());
  world.broker.ways = () => IMMEDIATE;
});
