// /v1/admin/apps and /v1/admin/apps/{id} (protocol §2.14 to §2.18)

import {
  type AppAnswer,
  type AppListAnswer,
  type DeregisterAppAnswer,
  formatTimestampSeconds,
  isAppName,
  isScope,
  type RegisterAppAnswer,
} from '@agentwrit/protocol';
import { type App, appSubject } from '../../apps.js';
import { type AuditLog, listText } from '../../audit-log.js';
import { nullableInteger, text, texts } from '../../json-decoder.js';
import {
  answer,
  type BearerCall,
  decodeBody,
  type Handler,
  MALFORMED_BODY,
  type Refusal,
  refuse,
} from '../call.js';

const NEW_APP = { name: text, scopes: texts, token_ttl: nullableInteger };
const CHANGES = { scopes: texts, token_ttl: nullableInteger };

const MIN_TTL = 60;
const MAX_TTL = 86_400;

const NOT_FOUND = refuse(404, 'not_found', 'app not found');
const BAD_SCOPE = refuse(
  400,
  'invalid_request',
  'invalid scope format: use action:resource:identifier',
);

export const registerApp: Handler<BearerCall> = async (call, { apps, settings, audit }) => {
  const body = decodeBody(call, NEW_APP);
  if (body === undefined) return MALFORMED_BODY;
  const { name, scopes, token_ttl: wantedTtl } = body;
  if (name === '') return refuse(400, 'invalid_request', 'name is required');
  if (scopes.length === 0) return refuse(400, 'invalid_request', 'scopes must not be empty');
  // Zero and less before the name, the other bounds after the scopes (protocol §2.14).
  if (wantedTtl !== undefined && wantedTtl <= 0) return badTtl(wantedTtl);
  if (!isAppName(name)) {
    const detail = 'invalid app name: must be lowercase letters, digits, and hyphens';
    return refuse(400, 'invalid_request', detail);
  }
  if (!scopes.every(isScope)) return BAD_SCOPE;
  // The broker's own default is not checked.
  if (wantedTtl !== undefined && !isTtl(wantedTtl)) return badTtl(wantedTtl);
  const tokenTtl = Number(wantedTtl ?? settings.appTokenTtl);

  const registration = await apps
    .register({ name, scopes, tokenTtl })
    .catch(() => 'fault' as const);
  if (registration === undefined && settings.strict) {
    return refuse(400, 'invalid_request', 'app name already in use');
  }
  if (registration === undefined || registration === 'fault') {
    return faultAt('register app');
  }
  const { app, clientSecret } = registration;
  recordRegistration(app, audit);
  return answer(
    {
      app_id: app.id,
      // Blank here, as the broker leaves it (protocol §12.3); so is the status.
      name: '',
      client_id: app.clientId,
      client_secret: clientSecret,
      scopes,
      token_ttl: tokenTtl,
      status: '',
    } satisfies RegisterAppAnswer,
    201,
  );
};

export function recordRegistration(
  { name, clientId, scopes, tokenTtl }: App,
  audit: AuditLog,
): void {
  audit.record({
    event_type: 'app_registered',
    detail: `app=${name} client_id=${clientId} scopes=${listText(scopes)} token_ttl=${tokenTtl}`,
    outcome: 'success',
  });
}

export const listApps: Handler<BearerCall> = (_call, { apps }) => {
  const list = apps.newestFirst().map(appAnswer);
  return answer({ apps: list, total: list.length } satisfies AppListAnswer);
};

export const getApp: Handler<BearerCall> = ({ id }, { apps }) => {
  const app = apps.find(id);
  return app === undefined ? NOT_FOUND : answer(appAnswer(app));
};

/** Not atomic: a bad `token_ttl` leaves the new scopes in place (protocol §2.17). */
export const updateApp: Handler<BearerCall> = (call, { apps, audit }) => {
  const body = decodeBody(call, CHANGES);
  if (body === undefined) return MALFORMED_BODY;
  const { scopes, token_ttl: tokenTtl } = body;
  if (scopes.length === 0 && tokenTtl === undefined) {
    const detail = 'at least one of scopes or token_ttl must be provided';
    return refuse(400, 'invalid_request', detail);
  }
  const app = apps.find(call.id);
  const updated = (change: string): void => {
    const detail = `app_id=${call.id} ${change} updated_by=${call.claims.sub}`;
    audit.record({ event_type: 'app_updated', detail, outcome: 'success' });
  };
  if (scopes.length > 0) {
    if (!scopes.every(isScope)) return BAD_SCOPE;
    if (app === undefined) return NOT_FOUND;
    if (!stored(() => apps.change(app, { scopes }))) return faultAt('update app');
    updated(`scopes=${listText(scopes)}`);
  }
  if (tokenTtl !== undefined && !isTtl(tokenTtl)) return badTtl(tokenTtl);
  if (app === undefined) return NOT_FOUND;
  if (tokenTtl !== undefined) {
    const before = app.tokenTtl;
    const change = { tokenTtl: Number(tokenTtl) };
    if (!stored(() => apps.change(app, change))) return faultAt('update app TTL');
    updated(`token_ttl=${before}->${tokenTtl}`);
  }
  return answer(appAnswer(app));
};

/** Repeatable. Nothing already issued dies of it (protocol §6.3), but for a strict broker. */
export const deregisterApp: Handler<BearerCall> = (call, state) => {
  const { apps, settings, audit, revocations } = state;
  const app = apps.find(call.id);
  if (app === undefined) return NOT_FOUND;
  if (!stored(() => apps.change(app, { status: 'inactive' }))) return faultAt('deregister app');
  if (settings.strict) revocations.add('agent', appSubject(app));
  audit.record({
    event_type: 'app_deregistered',
    detail: `app_id=${app.id} name=${app.name} deregistered_by=${call.claims.sub}`,
    outcome: 'success',
  });
  return answer({
    app_id: app.id,
    name: '',
    client_id: '',
    scopes: null,
    token_ttl: 0,
    status: 'inactive',
    deregistered_at: formatTimestampSeconds(settings.clock()),
  } satisfies DeregisterAppAnswer);
};

function appAnswer(app: App): AppAnswer {
  return {
    app_id: app.id,
    name: app.name,
    client_id: app.clientId,
    scopes: app.scopes,
    token_ttl: app.tokenTtl,
    status: app.status,
    created_at: formatTimestampSeconds(app.createdAt),
    updated_at: formatTimestampSeconds(app.updatedAt),
  };
}

// The storage has reported what it was.
function stored(change: () => void): boolean {
  try {
    change();
    return true;
  } catch {
    return false;
  }
}

function faultAt(step: string): Refusal {
  return refuse(500, 'internal_error', `failed to ${step}`);
}

function isTtl(seconds: bigint): boolean {
  return seconds >= MIN_TTL && seconds <= MAX_TTL;
}

function badTtl(seconds: bigint): Refusal {
  const range = `must be between ${MIN_TTL} and ${MAX_TTL} seconds`;
  return refuse(400, 'invalid_ttl', `invalid token TTL: ${range}, got ${seconds}`);
}
