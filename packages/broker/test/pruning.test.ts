import { describe, expect, it } from 'vitest';
import { LaunchTokens } from '../src/launch-tokens.js';
import { Lineage } from '../src/lineage.js';
import { Nonces } from '../src/nonces.js';
import { RateLimiter } from '../src/rate-limits.js';

const HOUR = 3_600_000;

function movableClock() {
  let now = 1_000_000;
  const clock = (): number => now;
  return { clock, move: (ms: number) => (now += ms) };
}

describe('what is forgotten', () => {
  it('whom a token comes from is known until the token has expired', () => {
    const lineage = new Lineage();
    const token = (jti: string, exp: number): { jti: string; exp: number } => ({ jti, exp });
    const root = lineage.lineOf(token('root', 2000));
    lineage.delegated(root, token('child', 1000), 0);
    lineage.end('root');
    const other = lineage.lineOf(token('a', 9000));
    lineage.delegated(other, token('b', 9000), 1000 * 1000);
    expect(lineage.isOrphan('child')).toBe(true);
    lineage.delegated(other, token('c', 9000), 1061 * 1000);
    expect(lineage.isOrphan('child')).toBe(false);
  });

  it('a used nonce is known for an hour', () => {
    const { clock, move } = movableClock();
    const nonces = new Nonces(clock);
    const nonce = nonces.issue();
    expect(nonces.consume(nonce)).toBeUndefined();
    move(HOUR);
    expect(nonces.consume(nonce)).toBe('nonce already consumed');
    move(1);
    expect(nonces.consume(nonce)).toBe('nonce not found or expired');
  });

  it('a living nonce outlives the pruning of older ones', () => {
    const { clock, move } = movableClock();
    const nonces = new Nonces(clock);
    nonces.issue();
    move(20_000);
    const living = nonces.issue();
    move(20_000);
    nonces.issue();
    expect(nonces.consume(living)).toBeUndefined();
  });

  it('an expired launch token is known for an hour after its end', () => {
    const { clock, move } = movableClock();
    const launchTokens = new LaunchTokens(clock);
    const grant = { allowedScope: ['a:b:c'], maxTtl: 300, singleUse: true };
    const { token } = launchTokens.create({ ...grant, ttl: 30 });
    const { token: long } = launchTokens.create({ ...grant, ttl: 7200 });
    launchTokens.consume(long);
    move(30_000 + HOUR);
    launchTokens.create({ ...grant, ttl: 30 });
    expect(launchTokens.find(token)).toMatchObject({ reason: 'launch token expired' });
    expect(launchTokens.find(long)).toMatchObject({ reason: 'launch token already consumed' });
    move(60_000);
    launchTokens.create({ ...grant, ttl: 30 });
    expect(launchTokens.find(token)).toMatchObject({ reason: 'launch token not found' });
    expect(launchTokens.find(long)).toMatchObject({ reason: 'launch token already consumed' });
  });

  it('a bucket that is full again is a new one', () => {
    const { clock, move } = movableClock();
    const limiter = new RateLimiter({ refillMs: 100, burst: 2 }, clock);
    const admitted = (): number => [1, 2, 3].filter(() => limiter.admits('key')).length;
    expect(admitted()).toBe(2);
    move(199);
    expect(admitted()).toBe(1);
    move(1000);
    expect(admitted()).toBe(2);
  });

  it('a clock that is set back locks nobody out', () => {
    const { clock, move } = movableClock();
    const limiter = new RateLimiter({ refillMs: 100, burst: 2 }, clock);
    limiter.admits('key');
    move(-500_000);
    limiter.admits('key');
    move(200);
    expect(limiter.admits('key')).toBe(true);
  });
});
