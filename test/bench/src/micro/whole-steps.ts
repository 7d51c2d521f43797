// A token and a broker that vouches for it → the whole of what a guard does with a warm request, in core and in the
// adapters, out.

import type { ServerResponse } from 'node:http';
import { createGuard, type RequestFacts, runAs } from '@agentwrit/core';
import { createAgentWrit, type ExpressRequest } from '@agentwrit/express';
import { type Asked, type Fields, freshFacts, freshFields } from './inputs.js';
import type { Step } from './measure.js';

// Stays warm however long the measurement takes.
const MAX_AGE_SECONDS = 3600;

export async function wholeSteps({ token, ...options }: Asked): Promise<readonly Step[]> {
  const guard = createGuard({ ...options, maxAge: MAX_AGE_SECONDS });
  const check = guard.requireScope('read:data:{id}');
  const express = createAgentWrit({ ...options, maxAge: MAX_AGE_SECONDS });
  const middleware = express.requireScope('read:data:{id}');
  const [facts] = freshFacts(token);
  if (facts === undefined) throw new Error('no request');
  await check(facts);
  const next = (): void => undefined;
  // Nothing of it is used when a request is let in.
  const response = { headersSent: false } as ServerResponse;
  await new Promise<void>((resolve) => {
    const [request] = requests(token);
    if (request !== undefined) middleware(request, response, () => resolve());
  });
  return [
    { name: 'nothing', inputs: () => freshFacts(token), run: () => undefined },
    {
      name: 'currentAgent() for the handler',
      inputs: () => freshFacts(token),
      run: () => runAs(undefined, next),
    },
    {
      name: 'the whole decision',
      inputs: () => freshFacts(token),
      run: (asked: RequestFacts) => check(asked),
    },
    {
      name: 'the whole Express middleware',
      inputs: () => requests(token),
      run: (request: ExpressRequest) => middleware(request, response, next),
    },
  ];
}

function requests(token: string): readonly ExpressRequest[] {
  return freshFields(token).map(requestOf);
}

// As much of Express' request as the adapter looks at.
function requestOf({ raw, parsed }: Fields): ExpressRequest {
  return {
    method: 'GET',
    url: '/data/7',
    originalUrl: '/data/7',
    params: { id: '7' },
    headers: { authorization: parsed },
    rawHeaders: raw,
    agent: undefined,
  } as unknown as ExpressRequest;
}
