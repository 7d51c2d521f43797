import { describe, expect, it } from 'vitest';
import { ask, start, until, validate } from './started.js';

describe('goDown', () => {
  it('refuses connections, breaks off what runs, and is over with recover', async () => {
    const broker = await start();
    const { token } = await broker.issueToken({ scope: ['read:data:1'] });
    await broker.hang();
    const running = validate(broker, token).catch((error: unknown) => error);
    await until(() => broker.requestCount('/v1/token/validate') === 1);
    await broker.goDown();
    expect(await running).toBeInstanceOf(TypeError);
    await expect(validate(broker, token)).rejects.toMatchObject({
      cause: { code: 'ECONNREFUSED' },
    });
    await expect(broker.fetch(ask(broker, token))).rejects.toThrow('the broker is down');
    await broker.recover();
    expect((await validate(broker, token)).valid).toBe(true);
  });
});

describe('hang', () => {
  it('never answers, on a socket or in process, and lets the caller give up', async () => {
    const broker = await start();
    await broker.hang();
    const give = { signal: AbortSignal.timeout(60) };
    await expect(fetch(`${broker.url}/v1/health`, give)).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    const request = new Request(`${broker.url}/v1/health`, { signal: AbortSignal.timeout(60) });
    await expect(broker.fetch(request)).rejects.toMatchObject({ name: 'TimeoutError' });
    await broker.recover();
    expect((await fetch(`${broker.url}/v1/health`)).status).toBe(200);
  });

  it('breaks off whoever waits when it ends, in whatever way', async () => {
    const broker = await start();
    for (const end of [broker.recover, () => broker.slow(0), () => broker.fail(500)]) {
      await broker.hang();
      const waiting = broker.fetch(`${broker.url}/v1/health`);
      const rejected = expect(waiting).rejects.toThrow('the broker broke off');
      await end();
      await rejected;
    }
  });
});

describe('slow', () => {
  it('answers as ever, but not at once', async () => {
    const broker = await start();
    const { token } = await broker.issueToken({ scope: ['read:data:1'] });
    await broker.slow(50);
    const started = performance.now();
    expect((await validate(broker, token)).valid).toBe(true);
    // A timer may be a little early by this clock.
    expect(performance.now() - started).toBeGreaterThan(40);
  });

  it('is over with recover, and who waits already still has an answer', async () => {
    const broker = await start();
    await broker.slow(50);
    const waiting = broker.fetch(`${broker.url}/v1/health`);
    await broker.recover();
    expect((await waiting).status).toBe(200);
  });

  it.each(['goDown', 'close'] as const)('breaks off at %s', async (end) => {
    const broker = await start();
    await broker.slow(600_000);
    const url = `${broker.url}/v1/health`;
    const waiting = [broker.fetch(url), fetch(url)].map((answer) =>
      expect(answer).rejects.toBeInstanceOf(TypeError),
    );
    await until(() => broker.requestCount() === 2);
    await broker[end]();
    await Promise.all(waiting);
  });

  it.each([-1, Number.NaN, Infinity, 2 ** 31, '5'])('refuses %s milliseconds', async (ms) => {
    const broker = await start();
    await expect(broker.slow(ms as number)).rejects.toThrow(/^"ms" must be a finite number/);
  });
});
