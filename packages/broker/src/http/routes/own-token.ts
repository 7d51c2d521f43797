// POST /v1/token/renew and /v1/token/release (protocol §2.6, §2.7): what any caller may do with the token
// it shows. Both kill it at token level and leave its agent, and what it delegated, alone.

import type { RenewAnswer } from '@agentwrit/protocol';
import { callerIds } from '../bearer.js';
import { answer, type BearerCall, type Handler } from '../call.js';

export const renew: Handler<BearerCall> = async ({ claims }, { tokens, revocations, audit }) => {
  // First revoke, then issue (protocol §3.7).
  revocations.add('token', claims.jti);
  const { iss: _iss, exp, nbf: _nbf, iat, jti: _jti, ...kept } = claims;
  const { token, jti, expiresIn } = await tokens.issue({ ...kept, ttl: exp - iat });
  audit.record({
    event_type: 'token_renewed',
    ...callerIds(claims),
    detail: `token renewed for agent=${claims.sub} new_jti=${jti}`,
    outcome: 'success',
  });
  return answer({ access_token: token, expires_in: expiresIn } satisfies RenewAnswer);
};

export const release: Handler<BearerCall> = ({ claims }, { revocations, audit }) => {
  revocations.add('token', claims.jti);
  audit.record({
    event_type: 'token_released',
    ...callerIds(claims),
    detail: `token released | jti=${claims.jti}`,
    outcome: 'success',
  });
  return { kind: 'no content' };
};
