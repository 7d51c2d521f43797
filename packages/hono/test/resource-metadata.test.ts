// The document that challenges point at (RFC 9728), and guards that find their broker in the environment.

import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { bearer, ScriptedBroker } from '../../core/test/fixtures.js';
import { assertGuarded, createAgentWrit, fromEnv, listRequirements } from '../src/index.js';

describe('the metadata route', () => {
  it('is where challenges say it is, tells what routes need, and is public', async () => {
    const { requireScope, resourceMetadata } = createAgentWrit({
      broker: new ScriptedBroker(),
      resource: 'https://api.example.com/v1',
    });
    const { path, handler } = resourceMetadata();
    const app = new Hono();
    app.get('/orders/:id', requireScope('read:data:order-{id}', 'read:data:*'), (c) =>
      c.text('in'),
    );
    app.get(path, handler);
    const challenge = (await app.request('/orders/7')).headers.get('www-authenticate');
    expect(challenge).toContain(`resource_metadata="https://api.example.com${path}"`);
    const answer = await app.request(path);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await answer.json()).toMatchObject({
      resource: 'https://api.example.com/v1',
      scopes_supported: ['read:data:*', 'read:data:order-{id}'],
    });
    expect(listRequirements(app)[1]).toEqual({ method: 'GET', path, needs: [], isPublic: true });
    expect(() => assertGuarded(app)).not.toThrow();
  });

  it('needs the option "resource"', () => {
    const { resourceMetadata } = createAgentWrit({ broker: new ScriptedBroker() });
    expect(resourceMetadata).toThrow(TypeError);
  });
});

describe('fromEnv', () => {
  it('takes the broker from the environment it is given, and the other options as they are', async () => {
    const env = { AGENTWRIT_BROKER_URL: 'http://127.0.0.1:9' };
    const agentwrit = fromEnv({ realm: 'orders' }, env);
    const app = new Hono().get('/', agentwrit.requireScope('read:data:1'), (c) => c.text('in'));
    const challenge = (await app.request('/')).headers.get('www-authenticate');
    expect(challenge).toContain('realm="orders"');
    expect((await app.request('/', { headers: bearer() })).status).toBe(503);
    await agentwrit.close();
  });

  it('throws where there is none', () => {
    expect(() => fromEnv({}, {})).toThrow('AGENTWRIT_BROKER_URL');
  });
});
