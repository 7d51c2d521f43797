// Nothing in → a token, and a broker in this process that vouches for it, out.

import type { InProcessBroker } from '@agentwrit/core';

const now = Math.floor(Date.now() / 1000);

const claims = {
  iss: '',
  sub: 'spiffe://agentwrit.local/agent/orch-1/task-1/0123456789abcdef',
  // Long enough for a machine that is busy with something else.
  exp: now + 24 * 3600,
  nbf: now,
  iat: now,
  jti: '00112233445566778899aabbccddeeff',
  scope: ['read:data:*'],
  task_id: 'task-1',
  orch_id: 'orch-1',
};

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

// As Node's parser makes texts, and not as `+` does. The signature is made up: a guard does not look at it.
export const CREDENTIALS: string = Buffer.from(
  `Bearer ${encode({ alg: 'EdDSA', typ: 'JWT' })}.${encode(claims)}.${'A'.repeat(86)}`,
).toString('latin1');

export const broker: InProcessBroker = {
  fetch: () => Promise.resolve(Response.json({ valid: true, claims })),
};
