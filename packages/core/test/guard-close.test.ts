import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BREAKER_CHANNEL, BROKER_CALL_CHANNEL, createGuard } from '../src/index.js';
import { Deferred, FakeClock, REFUSED, requestWith, START_MS, turns, vouch } from './fixtures.js';
import { outcomeOf } from './guard-scene.js';
import { setUp, tokenNumber, outage } from './upkeep-scene.js';

describe('a call to the broker', () => {
  function hear(name: string): unknown[] {
    const heard: unknown[] = [];
    const listen = (message: unknown): void => void heard.push(message);
    subscribe(name, listen);
    onTestFinished(() => void unsubscribe(name, listen));
    return heard;
  }

  it('is told on its channel, with how long it took and what went wrong', async () => {
    const heard = hear(BROKER_CALL_CHANNEL);
    const { guard, broker } = setUp();
    const check = guard.requireScope('read:data:7');
    await check(requestWith(tokenNumber(1)));
    await check(requestWith(tokenNumber(1)));
    broker.answer = outage;
    await check(requestWith(tokenNumber(2)));
    expect(BROKER_CALL_CHANNEL).toBe('agentwrit:broker-call');
    expect(heard).toEqual([
      { durationMs: expect.any(Number), fault: undefined },
      { durationMs: expect.any(Number), fault: 'unexpected_status' },
    ]);
    expect(heard.every((call) => Object.isFrozen(call))).toBe(true);
    expect(JSON.stringify(heard)).not.toContain(tokenNumber(1).slice(0, 20));
  });

  it('that opens or closes the breaker has that told on another', async () => {
    const heard = hear(BREAKER_CHANNEL);
    const { guard, broker, clock } = setUp();
    const check = guard.requireScope('read:data:7');
    broker.answer = outage;
    for (let fault = 0; fault < 6; fault += 1) await check(requestWith(tokenNumber(1)));
    expect(BREAKER_CHANNEL).toBe('agentwrit:breaker');
    expect(heard).toEqual([{ state: 'open' }]);
    expect(heard.every((state) => Object.isFrozen(state))).toBe(true);

    // A machine whose clock is set back meanwhile waits no longer for it.
    clock.setWallClock(START_MS - 3_600_000);
    clock.advance(1_000);
    broker.answer = vouch;
    expect(outcomeOf(await check(requestWith(tokenNumber(1))))).toBe('allow');
    expect(heard).toEqual([{ state: 'open' }, { state: 'half-open' }, { state: 'closed' }]);
  });
});

describe('close', () => {
  /** Timers, listeners and connections that keep the process alive. */
  const resources = (): number =>
    process.getActiveResourcesInfo().filter((name) => name === 'Timeout' || name.startsWith('TCP'))
      .length;

  it('frees every timer and every connection, and may be called twice', async () => {
    const before = resources();
    let calls = 0;
    const busy = new Deferred<undefined>();
    const server = createServer((_, res) => {
      calls += 1;
      if (calls === 8) busy.resolve(undefined);
      // Every other one is left waiting.
      if (calls % 2 === 0) return;
      res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(REFUSED));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const guard = createGuard({
      broker: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      clock: new FakeClock(),
      timeoutMs: 60_000,
      maxConcurrentCalls: 4,
    });
    const check = guard.requireScope('read:data:7');
    const all = Array.from({ length: 20 }, async (_, serial) =>
      check(requestWith(tokenNumber(serial))),
    );
    await busy.promise;
    // One timer for each that waits, four connections with two ends, and the server.
    expect(resources()).toBeGreaterThan(before + 15);

    const closing = guard.close();
    expect(guard.close()).toBe(closing);
    await closing;
    const outcomes = (await Promise.all(all)).map(outcomeOf);
    expect(new Set(outcomes)).toEqual(new Set(['invalid_token', 'broker_unavailable']));
    await guard.close();
    await new Promise((resolve) => server.close(resolve));
    for (let turn = 0; turn < 1_000 && resources() > before; turn += 1) await turns(1);
    expect(resources()).toBeLessThanOrEqual(before);
    expect(guard.stats()).toMatchObject({
      broker: { running: 0, queued: 0 },
      sizes: { verdicts: 0, refused: 0, questions: 0 },
    });
  });

  it('asks for nothing more, and remembers nothing that comes in afterwards', async () => {
    const { guard, broker, clock } = setUp();
    const check = guard.requireScope('read:data:7');
    await check(requestWith(tokenNumber(1)));
    const slow = new Deferred<Response>();
    broker.answer = () => slow.promise;
    clock.advance(4_500);
    void check(requestWith(tokenNumber(1)));
    const waiting = check(requestWith(tokenNumber(2)));
    await turns();
    await guard.close();
    slow.resolve(vouch(tokenNumber(2)));
    expect(outcomeOf(await waiting)).toBe('broker_unavailable');
    await turns();
    expect(outcomeOf(check(requestWith(tokenNumber(1))))).toBe('broker_unavailable');
    expect(broker.calls).toHaveLength(3);
    expect(guard.stats().sizes).toMatchObject({ verdicts: 0, questions: 0 });
  });
});
