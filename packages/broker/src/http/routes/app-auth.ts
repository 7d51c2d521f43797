// POST /v1/app/auth (protocol §2.19)

import type { AuthAnswer } from '@agentwrit/protocol';
import { type App, appSubject, isClientSecret } from '../../apps.js';
import { text } from '../../json-decoder.js';
import { answer, type Call, decodeBody, type Handler, MALFORMED_BODY, refuse } from '../call.js';

const BODY = { client_id: text, client_secret: text };

// What the app's own token may do; its ceiling is for its agents.
const APP_SCOPES = ['app:launch-tokens:*', 'app:agents:*', 'app:audit:read'];

export const appAuth: Handler<Call> = async (call, { apps, tokens, audit }) => {
  const body = decodeBody(call, BODY);
  if (body === undefined) return MALFORMED_BODY;
  const { client_id: clientId, client_secret: secret } = body;
  if (clientId === '' || secret === '') {
    return refuse(400, 'invalid_request', 'client_id and client_secret are required');
  }
  const app = apps.findClient(clientId);
  const objection = await objectionTo(app, secret);
  if (app === undefined || objection !== undefined) {
    audit.record({
      event_type: 'app_auth_failed',
      detail: `client_id=${clientId} reason=${objection}`,
      outcome: 'denied',
    });
    return refuse(401, 'unauthorized', 'Authentication failed');
  }
  const { token, expiresIn } = await tokens.issue({
    sub: appSubject(app),
    scope: APP_SCOPES,
    ttl: app.tokenTtl,
  });
  audit.record({
    event_type: 'app_authenticated',
    detail: `client_id=${clientId} app_id=${app.id}`,
    outcome: 'success',
  });
  return answer({
    access_token: token,
    expires_in: expiresIn,
    token_type: 'Bearer',
    scopes: APP_SCOPES,
  } satisfies AuthAnswer);
};

async function objectionTo(
  app: App | undefined,
  secret: string,
): Promise<'unknown_client_id' | 'app_inactive' | 'wrong_secret' | undefined> {
  if (app === undefined) return 'unknown_client_id';
  if (app.status === 'inactive') return 'app_inactive';
  return (await isClientSecret(app, secret)) ? undefined : 'wrong_secret';
}
