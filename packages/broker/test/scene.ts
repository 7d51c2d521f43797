// A broker in process with a clock that stands still, and the parties that talk to it.

import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import {
  type Claims,
  encodeJson,
  readAppRegistration,
  readAuth,
  readChallenge,
  readDelegation,
  readLaunchToken,
  readRegistration,
  readRenewal,
  readValidation,
  type RegisterRequest,
} from '@agentwrit/protocol';
import type { AuditEvent } from '../src/audit-log.js';
import type { BrokerOptions } from '../src/broker-options.js';
import { resolveOptions } from '../src/broker-settings.js';
import { type BrokerState, createState } from '../src/broker-state.js';
import { createFetchHandler } from '../src/http/fetch.js';
import { createWireHandler } from '../src/http/router.js';
import type { WireHandler } from '../src/http/wire.js';

/** 2026-02-15T12:00:00Z */
export const NOON = Date.UTC(2026, 1, 15, 12);
export const ADMIN_SECRET = 'an-operator-secret-for-tests';

/** The key of protocol §3.9. */
export const VECTOR_PEM = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f
-----END PRIVATE KEY-----
`;

export interface CallOptions {
  readonly token?: string;
  /** Sent as JSON; a string is sent as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Got {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body. */
  readonly json: unknown;
  /** The problem's detail, or the text of an answer that is none. */
  readonly detail: unknown;
  readonly code: unknown;
}

export interface AgentOptions {
  readonly scope?: readonly string[];
  readonly orchId?: string;
  readonly taskId?: string;
  readonly maxTtl?: number;
}

export interface Agent {
  readonly id: string;
  readonly token: string;
}

export interface Scene {
  readonly events: readonly AuditEvent[];
  advance(seconds: number): void;
  call(method: string, path: string, options?: CallOptions): Promise<Got>;
  send(request: Request, peer?: string): Promise<Response>;
  readonly state: BrokerState;
  adminToken(): Promise<string>;
  app(options?: {
    readonly name?: string;
    readonly scopes?: readonly string[];
    readonly token_ttl?: number;
  }): Promise<{ id: string; clientId: string; clientSecret: string; token: string }>;
  launchToken(body?: object): Promise<string>;
  /** A body that registers, for `changes` to spoil. */
  registration(changes?: Partial<RegisterRequest>): Promise<RegisterRequest>;
  agent(options?: AgentOptions): Promise<Agent>;
  renew(token: string): Promise<string>;
  delegate(token: string, to: string, scope: readonly string[], ttl?: number): Promise<string>;
  /** `undefined` when the token is not valid. */
  claims(token: string): Promise<Claims | undefined>;
}

export function createScene(options: BrokerOptions = {}): Scene {
  let now = NOON;
  const settings = resolveOptions({
    adminSecret: ADMIN_SECRET,
    bcryptCost: 4,
    clock: () => now,
    ...options,
  });
  const state = createState(settings);
  const wire = createWireHandler(state);
  const handle = (request: Request, peer: string): Promise<Response> =>
    createFetchHandler(from(peer, wire))(request);

  const call: Scene['call'] = async (method, path, { token, body, headers = {} } = {}) => {
    const sent = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    };
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const request = new Request(`http://broker.example${path}`, {
      method,
      headers: sent,
      ...(body === undefined ? {} : { body: text }),
    });
    return read(await handle(request, '192.0.2.1'));
  };
  const must = async (
    status: number,
    method: string,
    path: string,
    given?: CallOptions,
  ): Promise<unknown> => {
    const got = await call(method, path, given);
    if (got.status !== status) throw new Error(`${path}: ${got.status} ${got.text}`);
    return got.json;
  };

  let operator: string | undefined;
  const adminToken = async (): Promise<string> => {
    const body = { secret: ADMIN_SECRET };
    const headers = { 'x-forwarded-for': 'the operator' };
    operator ??= readAuth(
      await must(200, 'POST', '/v1/admin/auth', { body, headers }),
    ).access_token;
    return operator;
  };

  const launchToken: Scene['launchToken'] = async (body = {}) => {
    const given = {
      agent_name: 'reporter',
      allowed_scope: ['read:data:*', 'write:data:*'],
      ...body,
    };
    const token = await adminToken();
    const json = await must(201, 'POST', '/v1/admin/launch-tokens', { token, body: given });
    return readLaunchToken(json).launch_token;
  };

  const registration: Scene['registration'] = async (changes = {}) => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const nonce = changes.nonce ?? readChallenge(await must(200, 'GET', '/v1/challenge')).nonce;
    return {
      launch_token: changes.launch_token ?? (await launchToken()),
      nonce,
      public_key: rawPublicKey(publicKey),
      signature: sign(null, Buffer.from(nonce, 'hex'), privateKey).toString('base64'),
      orch_id: 'orch-1',
      task_id: 'task-1',
      requested_scope: ['read:data:*'],
      ...changes,
    };
  };

  return {
    state,
    events: state.audit.events,
    advance(seconds) {
      now += seconds * 1000;
    },
    call,
    send: (request, peer = '192.0.2.1') => handle(request, peer),
    adminToken,
    launchToken,
    registration,
    async app({ name = 'reports', scopes = ['read:data:*'], ...rest } = {}) {
      const token = await adminToken();
      const body = { name, scopes, ...rest };
      const app = readAppRegistration(await must(201, 'POST', '/v1/admin/apps', { token, body }));
      const credentials = { client_id: app.client_id, client_secret: app.client_secret };
      const auth = readAuth(await must(200, 'POST', '/v1/app/auth', { body: credentials }));
      return {
        id: app.app_id,
        clientId: app.client_id,
        clientSecret: app.client_secret,
        token: auth.access_token,
      };
    },
    async agent({ scope = ['read:data:*'], orchId = 'orch-1', taskId = 'task-1', maxTtl } = {}) {
      const body = await registration({
        launch_token: await launchToken({
          allowed_scope: scope,
          ...(maxTtl === undefined ? {} : { max_ttl: maxTtl }),
        }),
        orch_id: orchId,
        task_id: taskId,
        requested_scope: scope,
      });
      const registered = readRegistration(await must(200, 'POST', '/v1/register', { body }));
      return { id: registered.agent_id, token: registered.access_token };
    },
    async renew(token) {
      return readRenewal(await must(200, 'POST', '/v1/token/renew', { token })).access_token;
    },
    async delegate(token, to, scope, ttl) {
      const body = { delegate_to: to, scope, ...(ttl === undefined ? {} : { ttl }) };
      return readDelegation(await must(200, 'POST', '/v1/delegate', { token, body })).access_token;
    },
    async claims(token) {
      const json = await must(200, 'POST', '/v1/token/validate', { body: { token } });
      const answer = readValidation(json);
      return answer.valid ? answer.claims : undefined;
    },
  };
}

function from(peer: string, handle: WireHandler): WireHandler {
  return (request) => handle({ ...request, peer });
}

async function read(response: Response): Promise<Got> {
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  const json: unknown = type.includes('json') && text !== '' ? JSON.parse(text) : undefined;
  const problem = type === 'application/problem+json' ? (json as Record<string, unknown>) : {};
  return {
    status: response.status,
    headers: response.headers,
    text,
    json,
    detail: problem['detail'] ?? text,
    code: problem['error_code'],
  };
}

export function rawPublicKey(publicKey: KeyObject): string {
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return Buffer.from(x, 'base64url').toString('base64');
}

/** A token that the broker of {@link VECTOR_PEM} accepts although it never issued it. */
export function forge(payload: unknown, header: unknown = { alg: 'EdDSA', typ: 'JWT' }): string {
  const part = (value: unknown): string =>
    Buffer.from(typeof value === 'string' ? value : encodeJson(value)).toString('base64url');
  const signed = `${part(header)}.${part(payload)}`;
  const signature = sign(null, Buffer.from(signed), createPrivateKey(VECTOR_PEM));
  return `${signed}.${signature.toString('base64url')}`;
}
