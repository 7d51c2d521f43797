// A broker under test in → apps, launch tokens, agents and delegations that its own endpoints made, out.

import { generateKeyPairSync, sign } from 'node:crypto';
import type { BrokerUnderTest } from './broker-under-test.js';
import { jtiOf } from './own-jwt.js';

export interface Agent {
  readonly id: string;
  readonly token: string;
  readonly jti: string;
}

export interface App {
  readonly id: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly token: string;
}

/** Members of protocol §2.5. */
export interface Registration {
  readonly launch_token: string;
  readonly nonce: string;
  readonly public_key: string;
  readonly signature: string;
  readonly orch_id: string;
  readonly task_id: string;
  readonly requested_scope: readonly string[];
}

export async function launchToken(broker: BrokerUnderTest, body: object = {}): Promise<string> {
  const policy = { agent_name: 'reporter', allowed_scope: ['read:data:*'], ...body };
  const given = { token: broker.operator, body: policy };
  return (await broker.call('POST /v1/admin/launch-tokens', given)).member('launch_token');
}

export async function challenge(broker: BrokerUnderTest): Promise<string> {
  return (await broker.call('GET /v1/challenge')).member('nonce');
}

/** The key and signature with which a fresh agent answers a challenge. */
export function answerTo(nonce: string): Pick<Registration, 'public_key' | 'signature'> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    // The raw key is what the SPKI form ends with (RFC 8410 §4).
    public_key: publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64'),
    signature: sign(null, Buffer.from(nonce, 'hex'), privateKey).toString('base64'),
  };
}

/** A body that registers, for `changes` to spoil. */
export async function registration(
  broker: BrokerUnderTest,
  changes: Partial<Registration> = {},
): Promise<Registration> {
  const nonce = changes.nonce ?? (await challenge(broker));
  return {
    launch_token: changes.launch_token ?? (await launchToken(broker)),
    nonce,
    ...answerTo(nonce),
    orch_id: 'orch-1',
    task_id: 'task-1',
    requested_scope: ['read:data:*'],
    ...changes,
  };
}

export async function agent(
  broker: BrokerUnderTest,
  { scope = ['read:data:*'], task = 'task-1', orch = 'orch-1', maxTtl = 300 } = {},
): Promise<Agent> {
  const body = await registration(broker, {
    launch_token: await launchToken(broker, { allowed_scope: scope, max_ttl: maxTtl }),
    task_id: task,
    orch_id: orch,
    requested_scope: scope,
  });
  const got = await broker.call('POST /v1/register', { body });
  const token = got.member('access_token');
  return { id: got.member('agent_id'), token, jti: jtiOf(token) };
}

export async function app(
  broker: BrokerUnderTest,
  body: { readonly name?: string; readonly scopes?: readonly string[]; token_ttl?: number } = {},
): Promise<App> {
  const given = { name: 'reports', scopes: ['read:data:*'], ...body };
  const created = await broker.call('POST /v1/admin/apps', {
    token: broker.operator,
    body: given,
  });
  const credentials = {
    client_id: created.member('client_id'),
    client_secret: created.member('client_secret'),
  };
  const login = await broker.call('POST /v1/app/auth', { body: credentials });
  return {
    id: created.member('app_id'),
    clientId: credentials.client_id,
    clientSecret: credentials.client_secret,
    token: login.member('access_token'),
  };
}

export async function renewed(broker: BrokerUnderTest, token: string): Promise<string> {
  return (await broker.call('POST /v1/token/renew', { token })).member('access_token');
}

export async function delegated(
  broker: BrokerUnderTest,
  token: string,
  to: string,
  scope: readonly string[],
  ttl = 60,
): Promise<string> {
  const given = { token, body: { delegate_to: to, scope, ttl } };
  return (await broker.call('POST /v1/delegate', given)).member('access_token');
}

/** Whether validation calls each token valid. */
export async function alive(
  broker: BrokerUnderTest,
  ...tokens: readonly string[]
): Promise<readonly boolean[]> {
  const verdicts: boolean[] = [];
  for (const token of tokens) {
    const { body } = await broker.call('POST /v1/token/validate', { body: { token } });
    verdicts.push(body.startsWith('{"valid":true,"claims":{'));
  }
  return verdicts;
}
