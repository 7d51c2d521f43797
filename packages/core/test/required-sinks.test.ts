// A sink that is required: what it has no record of does not happen.

import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { DecisionEvent, DecisionSink, GuardAnswer } from '../src/index.js';
import { createGuard } from '../src/index.js';
import {
  claimsOf,
  Deferred,
  json,
  REFUSED,
  requestWith,
  START_MS,
  tokenOf,
  turns,
} from './fixtures.js';
import { outcomeOf, setScene } from './guard-scene.js';

function required(record: (event: DecisionEvent) => unknown): DecisionSink {
  return Object.assign((event: DecisionEvent) => record(event), { isRequired: true });
}

function short({ outcome, reason, cause }: DecisionEvent): string {
  return [outcome, reason, cause].filter(Boolean).join(' ');
}

function refusalOf(answer: GuardAnswer): Extract<GuardAnswer, { outcome: 'refuse' }>['refusal'] {
  if (answer.outcome !== 'refuse') throw new Error(answer.outcome);
  return answer.refusal;
}

describe('a request', () => {
  it('waits until it is on record, and then proceeds', async () => {
    const record = new Deferred<void>();
    const { guard } = setScene({ onDecision: required(() => record.promise) });
    let outcome = 'waits';
    const answer = Promise.resolve(guard.requireScope('read:data:7')(requestWith(tokenOf()))).then(
      (answered) => {
        outcome = answered.outcome;
      },
    );
    await turns();
    expect(outcome).toBe('waits');
    record.resolve();
    await answer;
    expect(outcome).toBe('allow');
  });

  it('waits for its record however well its token is known', async () => {
    const records: Deferred<void>[] = [];
    const sink = required(() => {
      const record = new Deferred<void>();
      records.push(record);
      return record.promise;
    });
    const { guard } = setScene({ onDecision: sink });
    const check = guard.requireScope('read:data:7');
    const first = check(requestWith(tokenOf()));
    await turns();
    records[0]?.resolve();
    await first;
    const second = check(requestWith(tokenOf()));
    expect(outcomeOf(second)).toBe('has to wait');
    records[1]?.reject(new Error('full disk'));
    expect(outcomeOf(await second)).toBe('audit_unavailable');
  });

  it('without credentials, where that is allowed, waits as well', async () => {
    const { guard } = setScene({ onDecision: required(() => Promise.reject(new Error())) });
    const answer = await guard.authenticate({ optional: true })(requestWith(undefined));
    expect(outcomeOf(answer)).toBe('audit_unavailable');
  });

  it('needs the record of every sink that is required', async () => {
    const { guard } = setScene({
      onDecision: [required(() => Promise.resolve()), required(() => Promise.reject(new Error()))],
    });
    const answer = await guard.requireScope('read:data:7')(requestWith(tokenOf()));
    expect(outcomeOf(answer)).toBe('audit_unavailable');
  });

  it.each<{ name: string; record: () => unknown; cause: string }>([
    {
      name: 'rejects',
      record: () => Promise.reject(new Error('full disk')),
      cause: 'record_failed',
    },
    {
      name: 'throws',
      record: () => {
        throw new Error('full disk');
      },
      cause: 'record_failed',
    },
    {
      name: 'rejects with nothing',
      // oxlint-disable-next-line prefer-promise-reject-errors -- programs do
      record: () => Promise.reject(),
      cause: 'record_failed',
    },
    {
      name: 'rejects in another realm',
      record: () => runInNewContext('Promise.reject(new Error("full disk"))') as unknown,
      cause: 'record_failed',
    },
    { name: 'forgets its promise', record: () => undefined, cause: 'nothing_promised' },
    { name: 'returns true', record: () => true, cause: 'nothing_promised' },
    {
      name: 'never ends',
      record: () => new Promise(() => undefined),
      cause: 'record_timeout',
    },
  ])('is 503 when the sink $name, and never let in', async ({ record, cause }) => {
    const seen: DecisionEvent[] = [];
    const others: DecisionEvent[] = [];
    const sink = required((event) => {
      seen.push(event);
      return record();
    });
    const { guard } = setScene({
      onDecision: [sink, (event) => others.push(event)],
      recordTimeoutMs: 30,
    });
    const refusal = refusalOf(
      await guard.requireScope('read:data:7')(requestWith(tokenOf(), { requestId: 'req-9' })),
    );
    expect(refusal).toMatchObject({
      status: 503,
      reason: 'audit_unavailable',
      problem: { error_code: 'audit_unavailable', request_id: 'req-9' },
    });
    expect(refusal.headers).toMatchObject({ 'retry-after': '1', 'cache-control': 'no-store' });
    expect(refusal.headers).not.toHaveProperty('www-authenticate');
    expect(refusal.body).not.toContain('full disk');
    // The sink may have it on record after all: what it is told then corrects that.
    expect(seen.map(short)).toEqual(['allow', `refuse audit_unavailable ${cause}`]);
    expect(seen[1]).toMatchObject({ requestId: 'req-9', agentId: seen[0]?.agentId });
    expect(others.map(short)).toEqual([`refuse audit_unavailable ${cause}`]);
    expect(guard.stats().refusals).toEqual({ audit_unavailable: 1 });
  });

  it('is told of to everybody once, when it is on record', async () => {
    const record = new Deferred<void>();
    const others: DecisionEvent[] = [];
    const seen: DecisionEvent[] = [];
    const { guard } = setScene({
      onDecision: [
        (event) => others.push(event),
        required((event) => {
          seen.push(event);
          return record.promise;
        }),
      ],
    });
    const answer = guard.requireScope('read:data:7')(requestWith(tokenOf()));
    await turns();
    expect(others).toEqual([]);
    record.resolve();
    await answer;
    expect(others.map(short)).toEqual(['allow']);
    expect(seen).toEqual(others);
  });

  it('that is refused does not wait, and is told to the sink that is required', async () => {
    const seen: DecisionEvent[] = [];
    const { guard, broker } = setScene({
      onDecision: required((event) => {
        seen.push(event);
        return new Promise(() => undefined);
      }),
    });
    expect(outcomeOf(guard.requireScope('read:data:7')(requestWith(undefined)))).toBe(
      'missing_token',
    );
    broker.answer = () => json(REFUSED);
    const check = guard.requireScope('read:data:7');
    expect(outcomeOf(await check(requestWith(tokenOf())))).toBe('invalid_token');
    expect(seen.map(({ reason }) => reason)).toEqual(['missing_token', 'invalid_token']);
  });

  it('whose token expires while it waits is refused', async () => {
    const record = new Deferred<void>();
    const seen: DecisionEvent[] = [];
    const { guard, clock } = setScene({
      onDecision: required((event) => {
        seen.push(event);
        return record.promise;
      }),
    });
    const token = tokenOf(claimsOf({ exp: START_MS / 1000 + 10 }));
    const answer = guard.requireScope('read:data:7')(requestWith(token));
    await turns();
    clock.advance(11_000);
    record.resolve();
    expect(outcomeOf(await answer)).toBe('invalid_token');
    expect(seen.map(short)).toEqual(['allow', 'refuse invalid_token expired']);
  });

  it('in the last second of its token proceeds', async () => {
    const record = new Deferred<void>();
    const { guard, clock } = setScene({ onDecision: required(() => record.promise) });
    const token = tokenOf(claimsOf({ exp: START_MS / 1000 + 10 }));
    const answer = guard.requireScope('read:data:7')(requestWith(token));
    await turns();
    clock.advance(10_999);
    record.resolve();
    expect(outcomeOf(await answer)).toBe('allow');
  });

  it('is answered though nobody can be warned of the sink', async () => {
    const own = Object.getOwnPropertyDescriptor(process, 'emitWarning');
    process.emitWarning = () => {
      throw new Error('no warnings here');
    };
    try {
      // Another cause than in other tests: each is warned of once.
      const { guard } = setScene({
        onDecision: [required(() => Promise.reject(new Error())), required(() => undefined)],
        recordTimeoutMs: 20,
      });
      const answer = await guard.requireScope('read:data:7')(requestWith(tokenOf()));
      expect(outcomeOf(answer)).toBe('audit_unavailable');
    } finally {
      if (own === undefined) Reflect.deleteProperty(process, 'emitWarning');
      else Object.defineProperty(process, 'emitWarning', own);
    }
  });

  it('does not wait for a sink that is not required', () => {
    const { guard } = setScene({ onDecision: () => new Promise(() => undefined) });
    const answer = guard.authenticate({ optional: true })(requestWith(undefined));
    expect(outcomeOf(answer)).toBe('anonymous');
  });
});

describe('several sinks', () => {
  it('are told in their order, whatever the others do', async () => {
    const told: string[] = [];
    const { guard } = setScene({
      onDecision: [
        () => {
          told.push('first');
          throw new Error('full disk');
        },
        () => told.push('second'),
      ],
    });
    await guard.requireScope('read:data:7')(requestWith(tokenOf()));
    expect(told).toEqual(['first', 'second']);
  });

  it('are those that there were when the guard was made', async () => {
    const told: string[] = [];
    const sinks = [() => told.push('first')];
    const { guard } = setScene({ onDecision: sinks });
    sinks.push(() => told.push('second'));
    await guard.requireScope('read:data:7')(requestWith(tokenOf()));
    expect(told).toEqual(['first']);
  });
});

describe('options', () => {
  const broker = 'http://127.0.0.1:1';

  it.each<{ name: string; options: object; message: RegExp }>([
    { name: 'no sink in a list', options: { onDecision: [] }, message: /"onDecision" must be/ },
    {
      name: 'no function',
      options: { onDecision: {} },
      message: /"onDecision" must be a function/,
    },
    {
      name: 'no function in a list',
      options: { onDecision: [() => undefined, 'audit.jsonl'] },
      message: /"onDecision\[1\]" must be a function/,
    },
    {
      name: 'a sink that is required somehow',
      options: { onDecision: Object.assign(() => undefined, { isRequired: 'yes' }) },
      message: /"onDecision.isRequired" must be true or false/,
    },
    {
      name: 'a time to wait for nothing',
      options: { onDecision: () => undefined, recordTimeoutMs: 10 },
      message: /"recordTimeoutMs" needs a sink that is required/,
    },
    {
      name: 'no time',
      options: { onDecision: required(() => Promise.resolve()), recordTimeoutMs: 0 },
      message: /"recordTimeoutMs" must be/,
    },
  ])('are refused: $name', ({ options, message }) => {
    expect(() => createGuard({ broker, ...options })).toThrow(TypeError);
    expect(() => createGuard({ broker, ...options })).toThrow(message);
  });
});
