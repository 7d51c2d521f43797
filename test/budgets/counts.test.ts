// One warm request in each form, and one new token → how often what is dear is done for it: digests, looks at the
// clocks, promises, timers, calls of the broker.

import { AsyncResource, createHook, executionAsyncId } from 'node:async_hooks';
import crypto from 'node:crypto';
import type * as Core from '@agentwrit/core';
import type { Clock, InProcessBroker, RequestFacts } from '@agentwrit/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { assertWithinBudget } from './budgets.js';
import type * as Forms from './programs/forms.js';
import type * as Vouching from './programs/token.js';

const tally = { digests: 0, brokerCalls: 0, now: 0, monotonic: 0 };
const NONE = { digests: 0, brokerCalls: 0 };

let forms: typeof Forms;
let core: typeof Core;
let vouching: typeof Vouching;
beforeAll(async () => {
  const { hash } = crypto;
  // Before the packages are loaded, which keep the function they find.
  crypto.hash = ((...args: Parameters<typeof hash>) => {
    tally.digests += 1;
    return hash(...args);
  }) as typeof hash;
  forms = await import('./programs/forms.js');
  core = await import('@agentwrit/core');
  vouching = await import('./programs/token.js');
});

const broker: InProcessBroker = {
  fetch(request) {
    tally.brokerCalls += 1;
    return vouching.broker.fetch(request);
  },
};

const clock: Clock = {
  now() {
    tally.now += 1;
    return Date.now();
  },
  monotonic() {
    tally.monotonic += 1;
    return performance.now();
  },
};

interface Done extends Readonly<typeof tally> {
  /** What the runtime keeps track of: promises, timers, callbacks. How many of each kind. */
  readonly pending: Readonly<Record<string, number>>;
}

/** What is done until `run` returns, or what it returns is settled. */
async function done(run: () => unknown): Promise<Done> {
  const pending: Record<string, number> = {};
  const scope = new AsyncResource('counted');
  // Not what the test runner does meanwhile: only what comes of this scope.
  const ours = new Set([scope.asyncId()]);
  const hook = createHook({
    init(id, kind) {
      if (!ours.has(executionAsyncId())) return;
      ours.add(id);
      pending[kind] = (pending[kind] ?? 0) + 1;
    },
  });
  Object.assign(tally, { ...NONE, now: 0, monotonic: 0 });
  hook.enable();
  const result = scope.runInAsyncScope(run);
  if (result instanceof Promise) await result;
  hook.disable();
  return { ...tally, pending };
}

describe('a warm request', () => {
  const atOnce: readonly Forms.FormName[] = ['core', 'express 4', 'express 5', 'fastify', 'hono'];

  it.each(atOnce)(
    'in the form %s looks at each clock once, and leaves nothing for later',
    async (name) => {
      let letIn = 0;
      const form = await forms.warmForm(name, { broker, clock, letIn: () => void (letIn += 1) });
      const [request] = form.requests(1);
      const before = letIn;
      // Not what it returns: in Hono that is the promise of the handler.
      const counted = await done(() => void form.run(request as never));
      expect(letIn - before).toBe(1);
      expect(counted).toEqual({ ...NONE, now: 1, monotonic: 1, pending: {} });
    },
  );

  it('in the form fetch makes no more promises than its budget, and nothing else for later', async () => {
    const form = await forms.warmForm('fetch', { broker, clock, letIn: () => undefined });
    const [request] = form.requests(1);
    const { pending, ...counted } = await done(() => form.run(request as never));
    expect(counted).toEqual({ ...NONE, now: 1, monotonic: 1 });
    const { PROMISE: promises = 0, ...others } = pending;
    expect(others).toEqual({});
    assertWithinBudget({
      what: 'A warm request in the form fetch',
      value: promises,
      unit: 'promises',
      path: ['warm', 'fetch', 'promises'],
      parts: () => ['Each await makes one or more.'],
    });
  });

  it('is asked for its Authorization value and the parameters of its scopes, once each', async () => {
    const guard = core.createGuard({ broker, maxAge: forms.LONG_SECONDS });
    const check = guard.requireScope('read:data:{id}', 'read:data:{part}');
    const asked: string[] = [];
    const facts = new Proxy<RequestFacts>(factsWith(vouching.CREDENTIALS), {
      get(target, name, receiver) {
        asked.push(String(name));
        return Reflect.get(target, name, receiver) as unknown;
      },
    });
    for (let request = 0; request < 3; request += 1) {
      asked.length = 0;
      expect(await check(facts)).toMatchObject({ outcome: 'allow' });
    }
    expect(asked).toEqual(['authorization', 'param', 'param']);
    await guard.close();
  });
});

describe('credentials', () => {
  it('are digested when they are new and when they come again, and not any more', async () => {
    const guard = core.createGuard({ broker, maxAge: forms.LONG_SECONDS });
    const check = guard.requireScope('read:data:{id}');
    const digests: number[] = [];
    for (let request = 0; request < 5; request += 1) {
      digests.push((await done(() => check(factsWith(vouching.CREDENTIALS)))).digests);
    }
    expect(digests).toEqual([1, 1, 0, 0, 0]);
    await guard.close();
  });
});

describe('a new token', () => {
  // That there is one call for them is tested where the guard is.
  it('has one timer for all who wait for it, and few promises for each', async () => {
    const guard = core.createGuard({ broker, maxAge: forms.LONG_SECONDS });
    const check = guard.requireScope('read:data:{id}');
    const { pending } = await done(() =>
      Promise.all(Array.from({ length: 1000 }, async () => check(factsWith(vouching.CREDENTIALS)))),
    );
    expect(pending['Timeout']).toBe(1);
    assertWithinBudget({
      what: 'A request that waits for the same new token as others',
      value: Math.floor((pending['PROMISE'] ?? 0) / 1000),
      unit: 'promises',
      path: ['waiting', 'promises'],
      parts: () => ['Each await makes one or more.'],
    });
    await guard.close();
  });
});

function factsWith(authorization: string): RequestFacts {
  return {
    request: undefined,
    authorization,
    method: 'GET',
    url: '/data/7',
    route: '/data/:id',
    requestId: undefined,
    param: () => '7',
  };
}
