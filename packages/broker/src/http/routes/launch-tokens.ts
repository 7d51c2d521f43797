// POST /v1/admin/launch-tokens and /v1/app/launch-tokens (protocol §2.12, §2.13): one handler, two
// required scopes.

import {
  type Claims,
  formatTimestampSeconds,
  type LaunchTokenAnswer,
  scopeIsSubset,
} from '@agentwrit/protocol';
import { APP_SUBJECT } from '../../apps.js';
import { listText } from '../../audit-log.js';
import type { BrokerState } from '../../broker-state.js';
import { integer, nullableBoolean, text, texts } from '../../json-decoder.js';
import {
  answer,
  type BearerCall,
  decodeBody,
  type Handler,
  MALFORMED_BODY,
  type Refusal,
  refuse,
} from '../call.js';

const BODY = {
  agent_name: text,
  allowed_scope: texts,
  max_ttl: integer,
  single_use: nullableBoolean,
  ttl: integer,
};
const DEFAULT_TTL = 30;
const DEFAULT_MAX_TTL = 300;
const APP_ROUTE = '/v1/app/launch-tokens';

export const createLaunchToken: Handler<BearerCall> = (call, state) => {
  const body = decodeBody(call, BODY);
  if (body === undefined) return MALFORMED_BODY;
  const { agent_name: name, allowed_scope: scope, single_use: singleUse = true } = body;
  const { sub } = call.claims;
  const { audit, launchTokens, metrics } = state;

  const appId = appOf(call, state);
  const ceilingRefusal =
    appId === undefined
      ? undefined
      : checkCeiling(appId, { claims: call.claims, requested: scope }, state);
  if (ceilingRefusal) return ceilingRefusal;

  const missing =
    name === ''
      ? 'agent_name is required'
      : scope.length === 0
        ? 'allowed_scope must not be empty'
        : undefined;
  if (missing !== undefined) {
    audit.record({
      event_type: 'launch_token_denied',
      agent_id: sub,
      detail: `launch token denied for agent=${name} by=${sub} reason=${missing}`,
      outcome: 'denied',
    });
    return refuse(400, 'invalid_request', missing);
  }

  const maxTtl = positiveOr(DEFAULT_MAX_TTL, body.max_ttl);
  const { token, expiresAt } = launchTokens.create({
    allowedScope: scope,
    maxTtl,
    singleUse,
    ttl: positiveOr(DEFAULT_TTL, body.ttl),
    ...(appId !== undefined && { appId }),
  });
  metrics.launchTokenCreated();
  const origin = appId === undefined ? '' : ` app_id=${appId}`;
  audit.record({
    event_type: 'launch_token_issued',
    detail: `launch token issued for agent=${name} scope=${listText(scope)} max_ttl=${maxTtl} created_by=${sub}${origin}`,
    outcome: 'success',
  });
  return answer(
    {
      launch_token: token,
      expires_at: formatTimestampSeconds(expiresAt * 1000),
      policy: { allowed_scope: scope, max_ttl: maxTtl },
    } satisfies LaunchTokenAnswer,
    201,
  );
};

/**
 * By the subject alone: another subject that holds the app scope has no ceiling (protocol §2.13). A strict
 * broker finds the app the scope was delegated from, and knows no caller of the app route without one.
 */
function appOf({ claims, path }: BearerCall, { settings }: BrokerState): string | undefined {
  const origins = settings.strict ? claims.delegation_chain.map(({ agent }) => agent) : [];
  const app = [claims.sub, ...origins].find((subject) => subject.startsWith(APP_SUBJECT));
  if (app !== undefined) return app.slice(APP_SUBJECT.length);
  return settings.strict && path === APP_ROUTE ? '' : undefined;
}

// The app's status is not looked at: a deregistered app's living token still passes (protocol §6.3), but
// for a strict broker.
function checkCeiling(
  appId: string,
  { claims, requested }: { readonly claims: Claims; readonly requested: readonly string[] },
  { apps, audit, settings }: BrokerState,
): Refusal | undefined {
  const app = apps.find(appId);
  if (app === undefined || (settings.strict && app.status === 'inactive')) {
    return refuse(403, 'forbidden', 'app not found');
  }
  if (scopeIsSubset(requested, app.scopes)) return undefined;
  const ceiling = listText(app.scopes);
  audit.record({
    event_type: 'scope_ceiling_exceeded',
    agent_id: claims.sub,
    detail: `app=${appId} requested=${listText(requested)} ceiling=${ceiling}`,
    outcome: 'denied',
  });
  return refuse(403, 'forbidden', `requested scopes exceed app ceiling; allowed: ${ceiling}`);
}

function positiveOr(fallback: number, value: number | undefined): number {
  return value !== undefined && value > 0 ? value : fallback;
}
