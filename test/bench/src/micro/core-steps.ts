// A token and a broker that vouches for it → the steps of a request that brings it, one by one, out. The only file of
// the benchmark that reaches into core: when those files change, so does this one.

import { readAuthorization } from '@agentwrit/core';
import { readValidation } from '@agentwrit/protocol';
import { Agent } from '../../../../packages/core/dist/agent.js';
import { readBearer } from '../../../../packages/core/dist/bearer.js';
import type { Verdict } from '../../../../packages/core/dist/broker.js';
import { systemClock, Timeline } from '../../../../packages/core/dist/clock.js';
import { digestToken } from '../../../../packages/core/dist/digest.js';
import { Freshness } from '../../../../packages/core/dist/freshness.js';
import { resolveGuardOptions } from '../../../../packages/core/dist/guard-settings.js';
import { sharedQuestions } from '../../../../packages/core/dist/questions.js';
import { compileScopedRoute } from '../../../../packages/core/dist/route.js';
import { rememberedTexts } from '../../../../packages/core/dist/seen-texts.js';
import { newCounts } from '../../../../packages/core/dist/stats.js';
import { Tombstones } from '../../../../packages/core/dist/tombstones.js';
import { Verdicts } from '../../../../packages/core/dist/verdicts.js';
import { MAX_AGE_SECONDS } from '../variants.js';
import { type Asked, freshAuthorizations, freshFields, freshTexts, factsOf } from './inputs.js';
import type { Step } from './measure.js';

const MAX_TOKEN_LENGTH = 16_384;

// What is measured must stay warm however long it takes: the same work, with a verdict that does not get old.
const LIFE_MS = 3_600_000;

export async function coreSteps({
  token,
  broker,
  issuer,
  audience,
}: Asked): Promise<readonly Step[]> {
  const timeline = new Timeline(systemClock);
  const freshness = new Freshness(timeline, { maxAgeWithoutFeedMs: undefined });
  const claims = await claimsOf(token, broker);
  const verdicts = new Verdicts(
    {
      validate: () => Promise.resolve<Verdict>({ valid: true, claims }),
      close: () => Promise.resolve(),
    },
    {
      timeline,
      tombstones: new Tombstones({ maxEntries: 1000 }),
      counts: newCounts(),
      questions: sharedQuestions(),
      maxEntries: 10_000,
      maxRefreshes: 64,
    },
  );
  const digest = digestToken(token);
  await verdicts.ask({ digest, token, requestId: () => 'bench' }, freshness.limit(LIFE_MS));
  const limit = freshness.limit(LIFE_MS);
  const known = verdicts.recall(digest, limit);
  if (known === undefined) throw new Error('the verdict is not remembered');
  const { identity } = known;
  const route = compileScopedRoute(
    'requireScope',
    ['read:data:{id}'],
    resolveGuardOptions({ broker, issuer, audience, maxAge: MAX_AGE_SECONDS }),
  );
  const facts = factsOf(token);
  const seen = rememberedTexts();
  for (const credentials of freshAuthorizations(token)) seen.remember(credentials, digest, known);
  const same = (input: unknown): (() => readonly unknown[]) => {
    const inputs = Array.from({ length: 2000 }, () => input);
    return () => inputs;
  };
  return [
    {
      name: 'find the Authorization field',
      inputs: () => freshFields(token),
      run: ({ raw, parsed }: { raw: readonly string[]; parsed: string }) =>
        readAuthorization(raw, parsed),
    },
    {
      name: 'read the bearer token',
      inputs: () => freshAuthorizations(token),
      run: (value: string) => readBearer(value, MAX_TOKEN_LENGTH),
    },
    {
      name: 'credentials seen before: their verdict',
      inputs: () => freshAuthorizations(token),
      run: (value: string) => seen.find(value),
    },
    { name: 'digest', inputs: () => freshTexts(token), run: (text: string) => digestToken(text) },
    {
      name: 'freshness: the limit',
      inputs: same(LIFE_MS),
      run: (ms: number) => freshness.limit(ms),
    },
    {
      name: 'look-up, and is it fresh',
      inputs: () => freshTexts(digest),
      run: (key: string) => verdicts.recall(key, limit),
    },
    {
      name: 'is it due to be asked again',
      inputs: same(known),
      run: () => verdicts.isDue(known, limit),
    },
    {
      name: 'the agent',
      inputs: same(known),
      run: ({ identity: who, asked }: typeof known) => new Agent(who, 'cache', limit.at - asked.at),
    },
    {
      name: 'policy',
      inputs: same(identity),
      run: (seen: typeof identity) => route.breachOf(seen),
    },
    {
      name: 'coverage of read:data:{id}',
      inputs: same(facts),
      run: (asked: typeof facts) => route.requirement.coverage(identity.held, asked),
    },
  ];
}

async function claimsOf(
  token: string,
  broker: Asked['broker'],
): Promise<Extract<Verdict, { valid: true }>['claims']> {
  const answer = await broker.fetch(
    new Request('http://broker.example/v1/token/validate', {
      method: 'POST',
      body: JSON.stringify({ token }),
    }),
  );
  const verdict = readValidation(await answer.json());
  if (!verdict.valid) throw new Error('the broker does not vouch for its own token');
  return verdict.claims;
}
