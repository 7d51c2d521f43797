// New tokens in → how long the bare call to the broker takes for each, and how long the guard takes, out: in turns.

import { createGuard } from '@agentwrit/core';
import { Pool } from 'undici';
import { Histogram, type Buckets } from '../histogram.js';
import { factsOf } from '../micro/inputs.js';
import type { Trust } from '../servers/settings.js';
import { answerCalls, startArgument } from './calls.js';

export interface ColdCalls {
  /** Two tokens for each turn: neither way may find one that it knows. */
  readonly run: (tokens: readonly string[]) => Promise<ColdTimes>;
}

export interface ColdTimes {
  readonly bare: Buckets;
  readonly guard: Buckets;
}

export interface ColdProgram {
  readonly calls: ColdCalls;
  readonly ready: null;
}

const { broker, issuer, audience } = startArgument() as Trust;
const guard = createGuard({ broker, issuer, audience });
const check = guard.requireScope('read:data:{id}');
const pool = new Pool(broker, { connections: 1 });

// What anybody does who asks the broker without a guard.
async function askBare(token: string): Promise<void> {
  const { statusCode, body } = await pool.request({
    method: 'POST',
    path: '/v1/token/validate',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ token }),
  });
  const answer = JSON.parse(await body.text()) as { readonly valid: boolean };
  if (statusCode !== 200 || !answer.valid) throw new Error('the broker does not vouch for a token');
}

async function askGuard(token: string): Promise<void> {
  const answer = await check(factsOf(token));
  if (answer.outcome !== 'allow') throw new Error('the guard does not let a good token in');
  if (answer.agent.proof.source !== 'broker') throw new Error('the token was not new');
}

async function timed(
  work: (token: string) => Promise<void>,
  token: string,
  histogram: Histogram,
): Promise<void> {
  const startedAt = performance.now();
  await work(token);
  histogram.record(performance.now() - startedAt);
}

const calls: ColdCalls = {
  async run(tokens) {
    const bare = new Histogram();
    const guarded = new Histogram();
    for (let turn = 0; turn + 1 < tokens.length; turn += 2) {
      const [one = '', other = ''] = tokens.slice(turn, turn + 2);
      // Every other turn the other way round: whoever comes second finds the broker awake.
      if (turn % 4 === 0) {
        await timed(askBare, one, bare);
        await timed(askGuard, other, guarded);
      } else {
        await timed(askGuard, one, guarded);
        await timed(askBare, other, bare);
      }
    }
    return { bare: bare.buckets(), guard: guarded.buckets() };
  },
};
answerCalls(calls);
