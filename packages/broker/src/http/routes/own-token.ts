// POST /v1/token/renew and /v1/token/release (protocol §2.6, §2.7): what any caller may do with the token
// it shows. Both kill it at token level and leave its agent, and what it delegated, alone. For a strict
// broker a release ends what was delegated too, and a delegated token keeps its end when it is renewed.

import type { RenewAnswer } from '@agentwrit/protocol';
import { callerIds } from '../bearer.js';
import { answer, type BearerCall, type Handler } from '../call.js';

export const renew: Handler<BearerCall> = async ({ claims }, state) => {
  const { tokens, revocations, audit, settings } = state;
  const { iss: _iss, exp, nbf: _nbf, iat, jti: _jti, ...kept } = claims;
  // First revoke, then issue (protocol §3.7).
  revocations.supersede(claims.jti);
  const isDelegated = claims.delegation_chain.length > 0;
  const limit = settings.strict && isDelegated ? { notAfter: exp } : {};
  const line = revocations.lineage?.lineOf(claims);
  const renewal = await tokens.issue({ ...kept, ttl: exp - iat, ...limit });
  const { token, expiresIn } = renewal;
  if (line) revocations.lineage?.renewed(line, renewal.claims, settings.clock());
  audit.record({
    event_type: 'token_renewed',
    ...callerIds(claims),
    detail: `token renewed for agent=${claims.sub} new_jti=${renewal.claims.jti}`,
    outcome: 'success',
  });
  return answer({ access_token: token, expires_in: expiresIn } satisfies RenewAnswer);
};

export const release: Handler<BearerCall> = ({ claims }, { revocations, audit, metrics }) => {
  revocations.add('token', claims.jti);
  metrics.tokenRevoked('release');
  audit.record({
    event_type: 'token_released',
    ...callerIds(claims),
    detail: `token released | jti=${claims.jti}`,
    outcome: 'success',
  });
  return { kind: 'no content' };
};
