// POST /v1/token/validate (protocol §2.4): the hot path. Every kind of token passes, and the audience is
// the resource server's to check.

import { text } from '../../json-decoder.js';
import { wireClaims } from '../../token-claims.js';
import { answer, type Call, decodeBody, type Handler, MALFORMED_BODY, refuse } from '../call.js';

const BODY = { token: text };

// One text for expired, revoked and forged alike.
const INVALID = answer({ valid: false, error: 'token is invalid or expired' });

export const validate: Handler<Call> = (call, { tokens }) => {
  const body = decodeBody(call, BODY);
  if (body === undefined) return MALFORMED_BODY;
  if (body.token === '') return refuse(400, 'invalid_request', 'token field is required');
  const verification = tokens.verify(body.token);
  if (!verification.valid) return INVALID;
  return answer({ valid: true, claims: wireClaims(verification.claims) });
};
