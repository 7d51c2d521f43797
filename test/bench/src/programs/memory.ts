// How many distinct tokens → what a guard that has seen them all keeps out, after each tenth of them. Needs --expose-gc.

import { randomBytes } from 'node:crypto';
import type { CreateGuard, Guard } from '@agentwrit/core';
// As every platform makes its guard: with a transport of its own, which here has no socket to wait for.
import { guardOn } from '../../../../packages/core/dist/guard.js';
import { factsOf } from '../micro/inputs.js';
import { answerCalls } from './calls.js';

export interface MemoryFigures {
  /** Bytes for one remembered verdict, when as many as fit have come and none has gone. */
  readonly bytesPerVerdict: number;
  /** The same at the end, when most have gone again: tables keep some room. */
  readonly bytesPerVerdictAtEnd: number;
  /** As many as fit. */
  readonly verdicts: number;
  /** Bytes that are kept when so many tokens have come by: flat, if the guard forgets as it should. */
  readonly kept: readonly { readonly tokens: number; readonly bytes: number }[];
}

export interface MemoryCalls {
  readonly run: (tokens: number) => Promise<MemoryFigures>;
}

export interface MemoryProgram {
  readonly calls: MemoryCalls;
  readonly ready: null;
}

const HEADER = encoded({ alg: 'EdDSA', typ: 'JWT', kid: 'x'.repeat(43) });
const ISSUED_AT = Math.floor(Date.now() / 1000);
const STEPS = 10;

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

/** Says what a usual token says, and is as long; the broker here does not look at its signature. */
function newToken(): string {
  const payload = encoded({
    iss: 'https://broker.bench.example',
    sub: `spiffe://bench.example/agent/load/reader/${randomBytes(8).toString('hex')}`,
    aud: ['bench-api'],
    exp: ISSUED_AT + 6 * 3600,
    nbf: ISSUED_AT,
    iat: ISSUED_AT,
    jti: randomBytes(16).toString('hex'),
    scope: ['read:data:*', 'write:data:customer-7'],
    task_id: 'reader',
    orch_id: 'load',
  });
  return `${HEADER}.${payload}.${randomBytes(64).toString('base64url')}`;
}

/** Its broker vouches for whatever a token says of itself. */
const createGuard: CreateGuard = guardOn({
  sharesWork: true,
  createTransport: () => ({
    post(_path, body) {
      const { token } = JSON.parse(body) as { readonly token: string };
      const [, payload = ''] = token.split('.', 2);
      const claims = Buffer.from(payload, 'base64url').toString();
      return Promise.resolve({
        status: 200,
        contentType: 'application/json',
        retryAfter: undefined,
        body: `{"valid":true,"claims":${claims}}`,
      });
    },
    get: () => Promise.reject(new Error('nobody asks for anything else')),
    close: () => Promise.resolve(),
  }),
});
const broker = 'http://127.0.0.1:9';

async function show(guard: Guard, count: number): Promise<void> {
  const check = guard.requireScope('read:data:{id}');
  for (let index = 0; index < count; index += 1) {
    const answer = await check(factsOf(newToken()));
    if (answer.outcome !== 'allow') throw new Error('the guard does not let a good token in');
  }
}

/** What is still there after a collection, buffers included. */
async function keptBytes(): Promise<number> {
  if (globalThis.gc === undefined) throw new Error('needs node --expose-gc');
  // What waits for a turn of the loop, or for a second collection, goes as well.
  for (let times = 0; times < 3; times += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    globalThis.gc();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const calls: MemoryCalls = {
  async run(tokens) {
    // Code and caches of the platform, which no verdict pays for.
    const first = createGuard({ broker });
    await show(first, Math.min(3000, tokens));
    await first.close();
    const guard = createGuard({ broker });
    const before = await keptBytes();
    const fitting = Math.min(10_000, tokens);
    await show(guard, fitting);
    const verdicts = guard.stats().sizes.verdicts;
    const full = (await keptBytes()) - before;
    const kept = [{ tokens: fitting, bytes: full }];
    let shown = fitting;
    for (let step = 1; step <= STEPS; step += 1) {
      const upTo = Math.max(shown, Math.round((tokens * step) / STEPS));
      await show(guard, upTo - shown);
      shown = upTo;
      kept.push({ tokens: shown, bytes: (await keptBytes()) - before });
    }
    const atEnd = kept.at(-1)?.bytes ?? NaN;
    await guard.close();
    return {
      bytesPerVerdict: full / verdicts,
      bytesPerVerdictAtEnd: atEnd / verdicts,
      verdicts,
      kept,
    };
  },
};
answerCalls(calls);
