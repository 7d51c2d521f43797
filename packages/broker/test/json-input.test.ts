import { describe, expect, it } from 'vitest';
import { ADMIN_SECRET, createScene, forge, type Got, type Scene, VECTOR_PEM } from './scene.js';

const MALFORMED = { status: 400, code: 'invalid_request', detail: 'malformed JSON body' };

const ADMIN = { path: '/v1/admin/auth', body: `{"secret":"${ADMIN_SECRET}"}` };
const CLIENT = { path: '/v1/app/auth', body: '{"client_id":"a","client_secret":"b"}' };

async function asAdmin(scene: Scene, method: string, path: string, body: string): Promise<Got> {
  return scene.call(method, path, { token: await scene.adminToken(), body });
}

describe('data after the body (protocol §1.4, §1.10)', () => {
  it('is ignored by most endpoints', async () => {
    const scene = createScene();
    const body = `{"token":"${await scene.adminToken()}"} trailing`;
    const got = await scene.call('POST', '/v1/token/validate', { body });
    expect(got.json).toMatchObject({ valid: true });
  });

  it('is refused by operator login, in its old format too', async () => {
    const scene = createScene();
    const login = (body: string) => scene.call('POST', ADMIN.path, { body });
    expect((await login(`${ADMIN.body} \n`)).status).toBe(200);
    expect(await login(`${ADMIN.body}{}`)).toMatchObject(MALFORMED);
    expect(await login(`${CLIENT.body}{}`)).toMatchObject(MALFORMED);
  });

  it('makes the address the key of the rate limit', async () => {
    const scene = createScene();
    const login = async (body: string): Promise<number> =>
      (await scene.call('POST', CLIENT.path, { body })).status;
    for (let i = 0; i < 3; i++) expect(await login(CLIENT.body)).toBe(401);
    expect(await login(CLIENT.body)).toBe(429);
    expect(await login(`${CLIENT.body}{}`)).toBe(401);
  });
});

describe("an app's lifetime (protocol §2.14, §2.17)", () => {
  const app = (ttl: string): string => `{"name":"orders","scopes":["read:data:*"],${ttl}}`;

  it.each(['9007199254740993', '-9223372036854775808'])(
    'of %s is refused as it was sent',
    async (ttl) => {
      const scene = createScene();
      const { id } = await scene.app();
      const refusal = {
        status: 400,
        code: 'invalid_ttl',
        detail: `invalid token TTL: must be between 60 and 86400 seconds, got ${ttl}`,
      };
      const body = app(`"token_ttl":${ttl}`);
      expect(await asAdmin(scene, 'POST', '/v1/admin/apps', body)).toMatchObject(refusal);
      expect(await asAdmin(scene, 'PUT', `/v1/admin/apps/${id}`, body)).toMatchObject(refusal);
    },
  );

  it.each(['60.0', '1e2', '9223372036854775808'])('of %s is malformed', async (ttl) => {
    const scene = createScene();
    const got = await asAdmin(scene, 'POST', '/v1/admin/apps', app(`"token_ttl":${ttl}`));
    expect(got).toMatchObject(MALFORMED);
  });

  it('is the default again after a null', async () => {
    const scene = createScene({ appTokenTtl: 777 });
    const body = app('"token_ttl":60,"token_ttl":null');
    const got = await asAdmin(scene, 'POST', '/v1/admin/apps', body);
    expect(got.json).toMatchObject({ token_ttl: 777 });
  });

  it('is changed to the number sent', async () => {
    const scene = createScene();
    const { id } = await scene.app();
    const got = await asAdmin(scene, 'PUT', `/v1/admin/apps/${id}`, '{"Token_TTL":86400}');
    expect(got.json).toMatchObject({ token_ttl: 86_400 });
  });
});

it('a launch token is for single use again after a null (protocol §2.12)', async () => {
  const scene = createScene();
  const body =
    '{"agent_name":"a","allowed_scope":["read:data:*"],"single_use":false,"single_use":null}';
  const got = await asAdmin(scene, 'POST', '/v1/admin/launch-tokens', body);
  const { launch_token } = got.json as { readonly launch_token: string };
  const register = async (): Promise<Got> =>
    scene.call('POST', '/v1/register', { body: await scene.registration({ launch_token }) });
  expect((await register()).status).toBe(200);
  expect((await register()).detail).toBe('launch token: launch token already consumed');
});

describe('the parts of a token (protocol §3.6)', () => {
  const verify = (payload: string, header: string) =>
    createScene({ signingKey: VECTOR_PEM }).state.tokens.verify(forge(payload, header));
  const claims = (exp: string): string => `{"sub":"a","jti":"b","exp":${exp}}`;
  const header = '{"alg":"EdDSA"}';
  const refused = { valid: false, reason: 'invalid token format' };

  it('may name an end beyond what a JavaScript number counts exactly', () => {
    expect(verify(claims('9223372036854775807'), header)).toMatchObject({ valid: true });
  });

  it.each(['9223372036854775808', '4e9', '4000000000.0'])('do not end at %s', (exp) => {
    expect(verify(claims(exp), header)).toEqual(refused);
  });

  it('are one JSON value each', () => {
    const payload = claims('4000000000');
    expect(verify(payload, header)).toMatchObject({ valid: true });
    expect(verify(`${payload}{}`, header)).toEqual(refused);
    expect(verify(payload, `${header}{}`)).toEqual(refused);
  });
});
