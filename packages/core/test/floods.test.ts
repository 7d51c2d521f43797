// A guard, a broker in a process of its own, and crowds of strangers.

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createGuard,
  type Guard,
  type GuardAnswer,
  type GuardOptions,
  type RouteCheck,
} from '../src/index.js';
import { claimsOf, requestWith, tokenOf, turns } from './fixtures.js';

const CROWD = 50_000;
const AGENTS = 20;

// Prints where it listens and the tokens of its agents, then for each line it reads how often it was asked.
const PROGRAM = `
import { createInterface } from 'node:readline';
import { createTestBroker } from '@agentwrit/broker/testing';
const broker = await createTestBroker();
const tokens = [];
for (let agent = 0; agent < ${AGENTS + 1}; agent += 1) {
  tokens.push((await broker.issueToken({ scope: ['read:data:*'], taskId: 'task-' + agent })).token);
}
console.log(JSON.stringify({ url: broker.url, tokens }));
createInterface({ input: process.stdin })
  .on('line', () => console.log(broker.requestCount('/v1/token/validate')))
  .on('close', () => process.exit());
`;

let child: ChildProcessByStdio<Writable, Readable, null>;
let lines: Interface;
let url = '';
let tokens: readonly string[] = [];

function nextLine(): Promise<string> {
  return new Promise((resolve) => lines.once('line', resolve));
}

beforeAll(async () => {
  child = spawn(process.execPath, ['--input-type=module', '--eval', PROGRAM], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  lines = createInterface({ input: child.stdout });
  ({ url, tokens } = JSON.parse(await nextLine()) as { url: string; tokens: string[] });
});

afterAll(() => {
  child.stdin.end();
  child.kill();
});

/** How often the broker was asked, by its own count. */
async function askedAt(): Promise<number> {
  const line = nextLine();
  child.stdin.write('\n');
  return Number(await line);
}

function setUp(options: Partial<GuardOptions> = {}): { guard: Guard; check: RouteCheck } {
  const guard = createGuard({ broker: url, ...options });
  return { guard, check: guard.requireScope('read:data:7') };
}

/** Of the right shape, and signed by nobody. */
function forged(serial: number): string {
  const iat = Math.floor(Date.now() / 1000);
  const jti = serial.toString(16).padStart(32, '0');
  return tokenOf(claimsOf({ iat, nbf: 0, exp: iat + 300, jti }));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heapAfterCollection(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

function outcomeOf(answer: GuardAnswer): string {
  return answer.outcome === 'refuse' ? answer.refusal.reason : answer.outcome;
}

/** Agents that come again and again: for each decision how long it took, and what it was. */
class Agents {
  readonly latenciesMs: number[] = [];
  readonly outcomes = new Map<string, number>();
  readonly #check: RouteCheck;
  readonly #pending = new Set<Promise<void>>();
  #turn = 0;

  constructor(check: RouteCheck) {
    this.#check = check;
  }

  /** The next agent comes. */
  come(): void {
    const token = tokens[this.#turn % AGENTS];
    this.#turn += 1;
    const startedAt = performance.now();
    const answer = this.#check(requestWith(token));
    if ('outcome' in answer) return this.#note(startedAt, answer);
    const waiting = answer.then((later) => this.#note(startedAt, later));
    this.#pending.add(waiting);
    void waiting.finally(() => this.#pending.delete(waiting));
  }

  async leave(): Promise<void> {
    await Promise.all(this.#pending);
  }

  #note(startedAt: number, answer: GuardAnswer): void {
    this.latenciesMs.push(performance.now() - startedAt);
    const outcome = outcomeOf(answer);
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }
}

describe('a crowd', () => {
  it('with what cannot be a token never reaches the broker', async () => {
    const { guard, check } = setUp();
    const before = await askedAt();
    const good = forged(0);
    const shapes = [
      (serial: number) => `garbage-${serial}`,
      (serial: number) => `${good}${serial}`,
      (serial: number) => `${serial}.${good}`,
      (serial: number) => `e30.e30.${String(serial).padStart(86, 'A')}`,
      (serial: number) => tokenOf(claimsOf({ jti: String(serial), exp: 1 })),
    ];
    for (let serial = 0; serial < CROWD; serial += 1) {
      const token = shapes[serial % shapes.length]?.(serial);
      expect
        .soft(check(requestWith(token)))
        .toMatchObject({ refusal: { reason: 'invalid_token' } });
    }
    expect((await askedAt()) - before).toBe(0);
    expect(guard.stats()).toMatchObject({
      refusals: { invalid_token: CROWD },
      broker: { calls: 0 },
      sizes: { verdicts: 0, refused: 0, questions: 0 },
    });
    await guard.close();
  });

  it('with forged tokens costs no agent an answer, and little time and memory', async () => {
    // Short, so that every agent has to be asked about many times meanwhile.
    const { guard, check } = setUp({ maxAge: 0.5 });
    const alone = new Agents(check);
    for (let warmUp = 0; warmUp < 2 * AGENTS; warmUp += 1) {
      alone.come();
      await turns(1);
    }
    await alone.leave();
    for (let request = 0; request < 4_000; request += 1) {
      alone.come();
      if (request % 4 === 0) await turns(1);
    }
    await alone.leave();

    const heapBefore = heapAfterCollection();
    const askedBefore = await askedAt();
    const among = new Agents(check);
    const strangers = new Map<string, number>();
    const running = new Set<Promise<void>>();
    let peak = 0;
    for (let serial = 0; serial < CROWD; serial += 1) {
      const answer = check(requestWith(forged(serial)));
      if ('outcome' in answer) throw new Error('a forged token was judged without the broker');
      const noted = answer.then((later) => {
        const outcome = outcomeOf(later);
        strangers.set(outcome, (strangers.get(outcome) ?? 0) + 1);
      });
      running.add(noted);
      void noted.finally(() => running.delete(noted));
      if (serial % 10 === 0) among.come();
      if (serial % 50 === 0) {
        await turns(1);
        const { broker, sizes } = guard.stats();
        expect(broker.running).toBeLessThanOrEqual(64);
        expect(broker.queued).toBeLessThanOrEqual(1_000 + AGENTS);
        expect(sizes.verdicts).toBe(AGENTS);
        expect(sizes.refused).toBeLessThanOrEqual(1_000);
        peak = Math.max(peak, sizes.questions);
      }
    }
    await among.leave();
    await Promise.all(running);

    // Nobody who is good was turned away, and nobody else was let in.
    expect([...among.outcomes.keys()]).toEqual(['allow']);
    expect(strangers.get('allow')).toBeUndefined();
    expect(strangers.get('internal_error')).toBeUndefined();
    const asked = (await askedAt()) - askedBefore;
    expect(asked).toBeLessThanOrEqual(CROWD + among.latenciesMs.length);
    expect(median(among.latenciesMs)).toBeLessThan(20 * median(alone.latenciesMs));
    expect(guard.stats().broker.breaker).toBe('closed');
    // Those that run, those that wait, those that are turned away within the turn.
    expect(peak).toBeLessThanOrEqual(64 + 1_000 + AGENTS + 50);
    expect(guard.stats().sizes.questions).toBe(0);
    expect(heapAfterCollection() - heapBefore).toBeLessThan(32 * 1024 * 1024);
    await guard.close();
  });

  it('with one new token has the broker asked once', async () => {
    const { guard, check } = setUp();
    const before = await askedAt();
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, async () => check(requestWith(tokens[AGENTS]))),
    );
    expect(new Set(answers.map(outcomeOf))).toEqual(new Set(['allow']));
    expect((await askedAt()) - before).toBe(1);
    expect(guard.stats()).toMatchObject({ misses: 1, joins: 999 });
    await guard.close();
  });
});
