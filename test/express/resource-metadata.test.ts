import { createAgentWrit, listRequirements } from '@agentwrit/express';
import { describe, expect, it } from 'vitest';
import { ScriptedBroker } from '../../packages/core/test/fixtures.js';
import { send, serve, versions } from './apps.js';

describe.each(versions)('the metadata document on $name', ({ express }) => {
  it('is served openly at the path that challenges name', async () => {
    const { requireScope, resourceMetadata } = createAgentWrit({
      broker: new ScriptedBroker(),
      resource: 'https://api.example.com/orders',
    });
    const app = express();
    const { path, handler } = resourceMetadata();
    app.get(path, handler);
    app.get('/', requireScope('read:data:{id}'), (_req, res) => void res.end());
    const url = await serve(app);

    const challenge = (await send(url)).headers['www-authenticate'] ?? '';
    const address = /resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? '';
    expect(new URL(address).pathname).toBe('/.well-known/oauth-protected-resource/orders');
    const answer = await send(url + new URL(address).pathname);
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'max-age=300' },
    });
    expect(JSON.parse(answer.body)).toMatchObject({
      resource: 'https://api.example.com/orders',
      scopes_supported: ['read:data:{id}'],
    });
    const head = await send(url + new URL(address).pathname, { method: 'HEAD' });
    expect([head.status, head.body]).toEqual([200, '']);
    expect(listRequirements(app)[0]).toMatchObject({ path, needs: [], isPublic: true });
  });

  it("is served where the resource's path has characters that mean something in a pattern", async () => {
    const { resourceMetadata } = createAgentWrit({
      broker: new ScriptedBroker(),
      resource: 'https://api.example.com/v1:beta*(a)+$b!',
    });
    const { path, handler } = resourceMetadata();
    const app = express();
    app.get(path, handler);
    const url = await serve(app);
    const document = `${url}/.well-known/oauth-protected-resource`;
    expect((await send(`${document}/v1:beta*(a)+$b!`)).status).toBe(200);
    expect((await send(`${document}/v1xx`)).status).toBe(404);
  });

  it('needs the option "resource"', () => {
    const { resourceMetadata } = createAgentWrit({ broker: new ScriptedBroker() });
    expect(() => resourceMetadata()).toThrow('"resource"');
  });
});
