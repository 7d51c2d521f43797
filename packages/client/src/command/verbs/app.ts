// Flags in → an operator's calls about apps, and what they answered, out (protocol §2.14 to §2.18).

import { formatTimestampSeconds } from '@agentwrit/protocol';
import type { AppDetails } from '../../operator/app-details.js';
import { asOperator } from '../connection.js';
import { fields, table } from '../table.js';
import { EXIT, type Flags, UsageError, type Verb } from '../verb.js';

const ID = { value: 'APP_ID', about: 'the app, such as app-orders-0a1b2c', isRequired: true };

const TERMS = {
  scopes: { value: 'A,B', about: "action:resource:identifier; the app's agents can\nhold no more" },
  'token-ttl': { value: 'SECONDS', about: "the life of the app's own token, 60 to 86400" },
} satisfies Flags;

export const appRegister: Verb = {
  words: ['app', 'register'],
  about: 'Register an app and print its secret, once',
  flags: {
    name: { value: 'NAME', about: 'a-z 0-9 -, unique for ever', isRequired: true },
    ...TERMS,
    scopes: { ...TERMS.scopes, isRequired: true },
  },
  async run(call) {
    const { flags, show } = call;
    const options = {
      name: flags.given('name'),
      scopes: flags.list('scopes') ?? [],
      tokenTtl: flags.whole('token-ttl'),
      signal: call.context.signal,
    };
    const app = await asOperator(call, (by) => by.registerApp(options));
    show(
      {
        app_id: app.appId,
        name: options.name,
        client_id: app.clientId,
        client_secret: app.clientSecret,
        scopes: app.scopes,
        token_ttl: app.tokenTtl,
      },
      [
        ...fields([
          ['app id', app.appId],
          ['client id', app.clientId],
          ['client secret', app.clientSecret],
          ['scopes', app.scopes.join(', ')],
          ['token ttl', `${app.tokenTtl} s`],
        ]),
        '',
        'Keep the client secret: nobody can show it again.',
      ],
    );
    return EXIT.ok;
  },
};

export const appList: Verb = {
  words: ['app', 'list'],
  about: 'List all apps, the newest first',
  flags: {},
  async run(call) {
    const { signal } = call.context;
    const apps = await asOperator(call, (by) => by.listApps({ signal }));
    const rows = apps.map(({ appId, clientId, status, tokenTtl, updatedAt, scopes }) => [
      appId,
      clientId,
      status,
      `${tokenTtl} s`,
      time(updatedAt),
      scopes.join(', '),
    ]);
    call.show(
      { apps: apps.map(document), total: apps.length },
      apps.length === 0
        ? ['no apps']
        : table(['app id', 'client id', 'status', 'token ttl', 'updated', 'scopes'], rows),
    );
    return EXIT.ok;
  },
};

export const appGet: Verb = {
  words: ['app', 'get'],
  about: 'Show one app',
  operands: ['APP_ID'],
  flags: {},
  async run(call) {
    const [appId = ''] = call.operands;
    const { signal } = call.context;
    const app = await asOperator(call, (by) => by.getApp(appId, { signal }));
    call.show(document(app), lines(app));
    return EXIT.ok;
  },
};

export const appUpdate: Verb = {
  words: ['app', 'update'],
  about: "Replace an app's ceiling, its token's life, or both",
  flags: { id: ID, ...TERMS },
  notes: 'What is issued already keeps its scopes and its life.',
  async run(call) {
    const { flags } = call;
    const options = {
      scopes: flags.list('scopes'),
      tokenTtl: flags.whole('token-ttl'),
      signal: call.context.signal,
    };
    if (options.scopes === undefined && options.tokenTtl === undefined) {
      throw new UsageError('give "--scopes", "--token-ttl" or both');
    }
    const app = await asOperator(call, (by) => by.updateApp(flags.given('id'), options));
    call.show(document(app), lines(app));
    return EXIT.ok;
  },
};

export const appRemove: Verb = {
  words: ['app', 'remove'],
  about: 'Deactivate an app for good',
  flags: { id: ID },
  notes: `It can no longer authenticate. Its tokens, launch tokens and agents stay good
until they expire; "agentwrit revoke" ends them at once.`,
  async run(call) {
    const { signal } = call.context;
    const app = await asOperator(call, (by) => by.removeApp(call.flags.given('id'), { signal }));
    call.show(
      { app_id: app.appId, status: app.status, deregistered_at: time(app.deregisteredAt) },
      fields([
        ['app id', app.appId],
        ['status', `${app.status} since ${time(app.deregisteredAt)}`],
      ]),
    );
    return EXIT.ok;
  },
};

function document(app: AppDetails): object {
  return {
    app_id: app.appId,
    name: app.name,
    client_id: app.clientId,
    scopes: app.scopes,
    token_ttl: app.tokenTtl,
    status: app.status,
    created_at: time(app.createdAt),
    updated_at: time(app.updatedAt),
  };
}

function lines(app: AppDetails): readonly string[] {
  return fields([
    ['app id', app.appId],
    ['name', app.name],
    ['client id', app.clientId],
    ['scopes', app.scopes.join(', ')],
    ['token ttl', `${app.tokenTtl} s`],
    ['status', app.status],
    ['created', time(app.createdAt)],
    ['updated', time(app.updatedAt)],
  ]);
}

function time(date: Date): string {
  return formatTimestampSeconds(date.getTime());
}
