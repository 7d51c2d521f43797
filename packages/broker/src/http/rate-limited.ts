// A call to a limited endpoint in → a refusal when its bucket is empty out (protocol §1.10).

import { text } from '../json-decoder.js';
import type { BrokerState } from '../broker-state.js';
import { type Call, decodeBody, type Refusal } from './call.js';

export type Limiter = (call: Call, state: BrokerState) => Refusal | undefined;

export const limitAdminAuth: Limiter = (call, { limits }) =>
  limits.adminAuth.admits(clientAddress(call)) ? undefined : tooManyRequests(1);

// The real wait is at most 6 s; the broker says 60 (protocol §1.10).
export const limitAppAuth: Limiter = (call, { limits }) =>
  limits.appAuth.admits(claimedClientId(call) || clientAddress(call))
    ? undefined
    : tooManyRequests(60);

function claimedClientId(call: Call): string | undefined {
  return decodeBody(call, { client_id: text }, { trailing: 'refused' })?.client_id;
}

// Anybody can write this header; the broker believes it unchecked, up to the first comma.
function clientAddress({ header, peer }: Call): string {
  const forwarded = header('x-forwarded-for');
  return forwarded === '' ? peer : (forwarded.split(',', 1)[0] ?? '');
}

function tooManyRequests(retryAfter: number): Refusal {
  return {
    kind: 'refusal',
    status: 429,
    code: 'rate_limited',
    detail: 'rate limit exceeded, try again later',
    retryAfter,
  };
}
