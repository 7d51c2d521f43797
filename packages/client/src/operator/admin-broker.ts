// The broker's endpoints for operators as methods (protocol §2.4, §2.9 to §2.18): wire errors end here.

import {
  type AdminAuthRequest,
  type AppAnswer,
  type AuditPage,
  type DeregisterAppAnswer,
  type LaunchTokenAnswer,
  type LaunchTokenRequest,
  readApp,
  readAppList,
  readAppRegistration,
  readAppRemoval,
  readAuditPage,
  readAuth,
  readLaunchToken,
  readRevocation,
  readValidation,
  type RegisterAppAnswer,
  type RegisterAppRequest,
  type RevokeAnswer,
  type RevokeRequest,
  type UpdateAppRequest,
  type ValidateAnswer,
  type ValidateRequest,
  WireError,
} from '@agentwrit/protocol';
import { AccessToken } from '../access-token.js';
import { type Authorised, type Cancellable, Exchange } from '../exchange.js';

// Where they are listed and made.
const APPS = '/v1/admin/apps';

// For lists. Anybody can put some 12 MB into one audit event: a path of 1 MB (protocol §1.8), twice, at six bytes
// for some characters (§1.3, §1.9). Two of those fit, so that nobody can put an event there that cannot be read.
const MAX_LIST_BYTES = 32 * 1024 * 1024;

/** Which events of the audit log, under wire names (protocol §7.4). Whatever is absent does not filter. */
export interface AuditFilter {
  readonly agent_id?: string;
  readonly task_id?: string;
  readonly event_type?: string;
  readonly outcome?: string;
  /** RFC 3339; the broker ignores what is not. */
  readonly since?: string;
  readonly until?: string;
}

export interface AuditQuery {
  readonly filter: AuditFilter;
  /** Matches to skip. */
  readonly offset: number;
  /** 1 to 1000. */
  readonly limit: number;
}

/** One method per endpoint. */
export class AdminBroker extends Exchange {
  authenticate(body: AdminAuthRequest, by: Cancellable): Promise<AccessToken> {
    const call = { ...by, body, secrets: [body.secret], isSafe: true };
    return this.call('POST', '/v1/admin/auth', call, (answer, sentAt) => {
      return new AccessToken(readAuth(answer), sentAt);
    });
  }

  /** Done twice, the second finds the name taken. */
  registerApp(body: RegisterAppRequest, by: Authorised): Promise<RegisterAppAnswer> {
    return this.call('POST', APPS, { ...by, body }, readAppRegistration);
  }

  async listApps(by: Authorised): Promise<readonly AppAnswer[]> {
    const call = { ...by, maxAnswerBytes: MAX_LIST_BYTES };
    return (await this.call('GET', APPS, call, readAppList)).apps;
  }

  getApp(appId: string, by: Authorised): Promise<AppAnswer> {
    return this.call('GET', pathOf(appId), by, (value) => readApp(value));
  }

  updateApp(appId: string, body: UpdateAppRequest, by: Authorised): Promise<AppAnswer> {
    const call = { ...by, body, isSafe: true };
    return this.call('PUT', pathOf(appId), call, (value) => readApp(value));
  }

  /** Done twice, the second succeeds as well (protocol §2.18). */
  removeApp(appId: string, by: Authorised): Promise<DeregisterAppAnswer> {
    const call = { ...by, isSafe: true };
    return this.call('DELETE', pathOf(appId), call, readAppRemoval);
  }

  /** Done twice, there would be a second one that nobody knows of and that works. */
  issueLaunchToken(body: LaunchTokenRequest, by: Authorised): Promise<LaunchTokenAnswer> {
    const call = { ...by, body };
    return this.call('POST', '/v1/admin/launch-tokens', call, readLaunchToken);
  }

  revoke(body: RevokeRequest, by: Authorised): Promise<RevokeAnswer> {
    const call = { ...by, body, isSafe: true };
    return this.call('POST', '/v1/revoke', call, (value) => {
      const answer = readRevocation(value);
      // Protocol §2.9: always true. Anything else must not pass for a revocation.
      if (!answer.revoked) throw new WireError('revocation.revoked', 'true', answer.revoked);
      for (const name of ['level', 'target'] as const) {
        if (answer[name] === body[name]) continue;
        throw new WireError(`revocation.${name}`, 'what was asked for', answer[name]);
      }
      return answer;
    });
  }

  auditPage({ filter, offset, limit }: AuditQuery, by: Authorised): Promise<AuditPage> {
    const query = new URLSearchParams({ ...filter, offset: `${offset}`, limit: `${limit}` });
    const call = { ...by, maxAnswerBytes: MAX_LIST_BYTES };
    return this.call('GET', `/v1/audit/events?${query.toString()}`, call, (value) => {
      const page = readAuditPage(value);
      // What the broker cannot read of a query it ignores (protocol §7.4); something in between may drop all of it.
      if ((page.offset ?? offset) !== offset) {
        throw new WireError('audit.offset', 'what was asked for', page.offset);
      }
      if ((page.limit ?? limit) !== limit) {
        throw new WireError('audit.limit', 'what was asked for', page.limit);
      }
      if (page.events.length > limit) {
        throw new WireError('audit.events', `at most ${limit}`, page.events);
      }
      return page;
    });
  }

  validate(body: ValidateRequest, by: Cancellable): Promise<ValidateAnswer> {
    const call = { ...by, body, secrets: [body.token], isSafe: true };
    return this.call('POST', '/v1/token/validate', call, readValidation);
  }
}

function pathOf(appId: string): string {
  return `${APPS}/${encodeURIComponent(appId)}`;
}
