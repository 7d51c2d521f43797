// A name and a ceiling in → an app with credentials out, without an operator.

import {
  assertKnownOptions,
  assertNumber,
  assertScope,
  assertTexts,
  isAppName,
} from '@agentwrit/protocol';
import type { BrokerState } from '../broker-state.js';
import { recordRegistration } from '../http/routes/apps.js';

export interface RegisterAppOptions {
  /** 2 to 64 of `a-z 0-9 -`, beginning with a letter (protocol §9). Taken names stay taken. */
  readonly name: string;
  /** What its agents may hold at most: `action:resource:identifier`, one or more. */
  readonly scopes: readonly string[];
  /** Seconds its own tokens live, 60 to 86400. Default: the broker's `appTokenTtl`. */
  readonly tokenTtl?: number;
}

/** What an app logs in with, for example with `new AgentWritApp({ brokerUrl: broker.url, … })`. */
export interface TestApp {
  readonly appId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * What `POST /v1/admin/apps` does (protocol §2.14), audit event included.
 *
 * @throws TypeError naming the option that is unknown or has a value it cannot have
 */
export async function registerTestApp(
  options: RegisterAppOptions,
  { apps, audit, settings }: BrokerState,
): Promise<TestApp> {
  assertKnownOptions(options, 'registerApp', ['name', 'scopes', 'tokenTtl']);
  const { name, scopes, tokenTtl = settings.appTokenTtl } = options;
  if (typeof name !== 'string' || !isAppName(name)) {
    throw new TypeError(
      '"name" must be 2 to 64 lowercase letters, digits and single hyphens, a letter first and no hyphen second',
    );
  }
  assertTexts(scopes, 'scopes');
  for (const [index, scope] of scopes.entries()) assertScope(scope, `scopes[${index}]`);
  if (options.tokenTtl !== undefined) {
    assertNumber(tokenTtl, 'tokenTtl', { min: 60, max: 86_400, isWhole: true });
  }
  const registration = await apps.register({ name, scopes: [...scopes], tokenTtl });
  if (registration === undefined) throw new TypeError(`"name" is taken: ${name}`);
  const { app, clientSecret } = registration;
  recordRegistration(app, audit);
  return { appId: app.id, clientId: app.clientId, clientSecret };
}
