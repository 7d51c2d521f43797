// What the broker answers about apps, under its wire names (protocol §2.14 to §2.18), read strictly from unknown
// JSON. Every reader throws a WireError that names the member that is wrong, never its value.

import { Fields } from './fields.js';
import { WireError } from './wire-error.js';

/** `POST /v1/admin/apps`: the only answer that ever contains the client secret. */
export interface RegisterAppAnswer {
  readonly app_id: string;
  /** Always empty here (protocol §2.14). */
  readonly name: string;
  readonly client_id: string;
  readonly client_secret: string;
  readonly scopes: readonly string[];
  /** Seconds. */
  readonly token_ttl: number;
  /** Always empty here (protocol §2.14). */
  readonly status: string;
}

export function readAppRegistration(value: unknown): RegisterAppAnswer {
  const fields = new Fields(value, 'app');
  return {
    app_id: fields.text('app_id'),
    name: fields.string('name'),
    client_id: fields.text('client_id'),
    client_secret: fields.text('client_secret'),
    scopes: fields.strings('scopes'),
    token_ttl: fields.integer('token_ttl'),
    status: fields.string('status'),
  };
}

/** `inactive` once deregistered, for ever. */
export type AppStatus = 'active' | 'inactive';

/** `GET` and `PUT /v1/admin/apps/{id}`, and the items of {@link AppListAnswer} */
export interface AppAnswer {
  readonly app_id: string;
  readonly name: string;
  readonly client_id: string;
  readonly scopes: readonly string[];
  /** Seconds. */
  readonly token_ttl: number;
  readonly status: AppStatus;
  /** RFC 3339, whole seconds. */
  readonly created_at: string;
  readonly updated_at: string;
}

export function readApp(value: unknown, path = 'app'): AppAnswer {
  const fields = new Fields(value, path);
  return {
    app_id: fields.text('app_id'),
    name: fields.text('name'),
    client_id: fields.text('client_id'),
    scopes: fields.strings('scopes'),
    token_ttl: fields.integer('token_ttl'),
    status: readStatus(fields, ['active', 'inactive']),
    created_at: fields.timestamp('created_at'),
    updated_at: fields.timestamp('updated_at'),
  };
}

/** `GET /v1/admin/apps`, newest first */
export interface AppListAnswer {
  readonly apps: readonly AppAnswer[];
  readonly total: number;
}

export function readAppList(value: unknown): AppListAnswer {
  const fields = new Fields(value, 'app_list');
  const apps = fields.list('apps', readApp);
  const total = fields.integer('total');
  // There is no paging (protocol §2.15): a part of the list must not pass for the whole.
  if (total !== apps.length) {
    throw new WireError('app_list.total', 'the number of apps in the list', total);
  }
  return { apps, total };
}

/** `DELETE /v1/admin/apps/{id}`. Of the app itself the broker says nothing but its id (protocol §2.18). */
export interface DeregisterAppAnswer {
  readonly app_id: string;
  /** Always empty here, as is `client_id`. */
  readonly name: string;
  readonly client_id: string;
  /** Always `null` here. */
  readonly scopes: readonly string[] | null;
  /** Always 0 here. */
  readonly token_ttl: number;
  readonly status: 'inactive';
  /** RFC 3339, whole seconds: when the broker answered. It does not keep it. */
  readonly deregistered_at: string;
}

export function readAppRemoval(value: unknown): DeregisterAppAnswer {
  const fields = new Fields(value, 'app_removal');
  return {
    app_id: fields.text('app_id'),
    name: fields.string('name'),
    client_id: fields.string('client_id'),
    scopes: fields.raw('scopes') === null ? null : fields.strings('scopes'),
    token_ttl: fields.integer('token_ttl'),
    // Anything else must not pass for a removal.
    status: readStatus(fields, ['inactive']),
    deregistered_at: fields.timestamp('deregistered_at'),
  };
}

function readStatus<S extends AppStatus>(fields: Fields, known: readonly S[]): S {
  const text = fields.string('status');
  const status = known.find((candidate) => candidate === text);
  if (status !== undefined) return status;
  throw new WireError(`${fields.path}.status`, known.join(' or '), text);
}
