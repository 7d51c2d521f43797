// A token and a broker that vouches for it → the whole of what a guard does with a warm request, in core and in the
// adapters, out.

import { createGuard, type RequestFacts } from '@agentwrit/core';
import { type Asked, freshFacts } from './inputs.js';
import type { Step } from './measure.js';

// Stays warm however long the measurement takes.
export const LONG_SECONDS = 3600;

export async function wholeSteps({ token, ...options }: Asked): Promise<readonly Step[]> {
  const guard = createGuard({ ...options, maxAge: LONG_SECONDS });
  const check = guard.requireScope('read:data:{id}');
  const [facts] = freshFacts(token);
  if (facts === undefined) throw new Error('no request');
  await check(facts);
  return [
    { name: 'nothing', inputs: () => freshFacts(token), run: () => undefined },
    {
      name: 'the whole decision',
      inputs: () => freshFacts(token),
      run: (asked: RequestFacts) => check(asked),
    },
  ];
}
