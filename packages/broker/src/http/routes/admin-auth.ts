// POST /v1/admin/auth (protocol §2.11)

import type { AuthAnswer } from '@agentwrit/protocol';
import { text } from '../../json-decoder.js';
import { answer, type Call, decodeBody, type Handler, MALFORMED_BODY, refuse } from '../call.js';

const BODY = { secret: text };
const OLD_BODY = { client_id: text, client_secret: text };
const WHOLE = { trailing: 'refused' } as const;

export const ADMIN_SCOPES: readonly string[] = [
  'admin:launch-tokens:*',
  'admin:revoke:*',
  'admin:audit:*',
];

export const adminAuth: Handler<Call> = async (call, state) => {
  const { admin, settings, tokens, audit, metrics } = state;
  // Fields of the old format, even beside the new one; of another type they are unknown fields.
  const old = decodeBody(call, OLD_BODY, WHOLE);
  if (old?.client_id || old?.client_secret) {
    const detail =
      'Admin auth format changed. Use {"secret": "..."} instead of client_id/client_secret';
    return refuse(400, 'invalid_request', detail);
  }
  const body = decodeBody(call, BODY, WHOLE);
  if (body === undefined) return MALFORMED_BODY;
  if (body.secret === '') return refuse(400, 'invalid_request', 'secret is required');
  if (!(await admin.matches(body.secret))) {
    metrics.adminAuth('failure');
    const detail = 'failed admin authentication attempt';
    audit.record({ event_type: 'admin_auth_failed', detail, outcome: 'denied' });
    return refuse(401, 'unauthorized', 'invalid credentials');
  }
  metrics.adminAuth('success');
  const { token, expiresIn } = await tokens.issue({
    sub: 'admin',
    scope: ADMIN_SCOPES,
    ttl: settings.adminTokenTtl,
  });
  const detail = 'admin authenticated as admin';
  audit.record({ event_type: 'admin_auth', detail, outcome: 'success' });
  return answer({
    access_token: token,
    expires_in: expiresIn,
    token_type: 'Bearer',
  } satisfies AuthAnswer);
};
