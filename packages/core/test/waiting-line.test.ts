// Who comes first is tested with the gate before it.

import { describe, expect, it } from 'vitest';
import { LightSignal } from '../src/call-signal.js';
import { BrokerFault } from '../src/fault.js';
import { queuedTurns } from '../src/turns.js';
import { WaitingLine } from '../src/waiting-line.js';
import { Deferred, turns } from './fixtures.js';

const fault = new BrokerFault('timeout', 'too late');
const codeOf = (error: unknown): unknown => (error instanceof BrokerFault ? error.code : error);

describe('a line', () => {
  it('calls nobody when nobody waits', () => {
    const line = new WaitingLine();
    expect(line.callNext()).toBe(false);
  });

  it('calls each once, and forgets who was called', async () => {
    const line = new WaitingLine();
    const called: number[] = [];
    const waiting = [1, 2].map((n) =>
      line.wait('new', new LightSignal()).then(() => called.push(n)),
    );
    expect([line.length, line.callNext(), line.length]).toEqual([2, true, 1]);
    await waiting[0];
    expect(called).toEqual([1]);
    expect([line.callNext(), line.callNext(), line.length]).toEqual([true, false, 0]);
    await waiting[1];
    expect(called).toEqual([1, 2]);
  });

  it('lets nobody in whose time is over', async () => {
    const line = new WaitingLine();
    const signal = new LightSignal();
    signal.abort(fault);
    expect(await line.wait('new', signal).catch(codeOf)).toBe('timeout');
    expect(line.length).toBe(0);
  });

  it('does not call who has gone, and whoever was called cannot go any more', async () => {
    const line = new WaitingLine();
    const [gone, stays] = [new LightSignal(), new LightSignal()];
    const left = line.wait('new', gone).catch(codeOf);
    const called = line.wait('new', stays).then(() => 'called', codeOf);
    gone.abort(fault);
    expect(line.length).toBe(1);
    line.callNext();
    stays.abort(fault);
    expect([await left, await called]).toEqual(['timeout', 'called']);
  });
});

/** Whoever waits for it is called and given up in the same moment. */
class EndsWhenCalled extends LightSignal {
  override removeEventListener(type: 'abort', listener: () => void): void {
    super.removeEventListener(type, listener);
    this.abort(fault);
  }
}

describe('a call whose time is over just as its turn comes', () => {
  it('is not made, and leaves its place to the next', async () => {
    const queue = queuedTurns({ maxConcurrentCalls: 1, maxQueuedCalls: 2 });
    const made: string[] = [];
    const end = new Deferred<void>();
    const take = (name: string, until: LightSignal): Promise<unknown> =>
      queue
        .take({ purpose: 'new', signal: until }, () => {
          made.push(name);
          return end.promise;
        })
        .then(() => 'made', codeOf);
    void take('first', new LightSignal());
    const late = take('late', new EndsWhenCalled());
    const next = take('next', new LightSignal());
    end.resolve();
    expect([await late, await next]).toEqual(['timeout', 'made']);
    await turns();
    expect(made).toEqual(['first', 'next']);
    expect([queue.running(), queue.queued()]).toEqual([0, 0]);
  });

  it('is not made where there is room, and takes no place', async () => {
    const queue = queuedTurns({ maxConcurrentCalls: 1, maxQueuedCalls: 0 });
    const signal = new LightSignal();
    signal.abort(fault);
    const take = queue.take({ purpose: 'new', signal }, () => Promise.resolve('made'));
    expect(await take.catch(codeOf)).toBe('timeout');
    expect(queue.running()).toBe(0);
  });
});
