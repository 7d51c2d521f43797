// The metadata document, and a guard from the environment.

import { describe, expect, it } from 'vitest';
import { ScriptedBroker } from '../../core/test/fixtures.js';
import { createAgentWrit, fromEnv, listRequirements } from '../src/index.js';
import { guardedServer, server } from './server.js';

describe('resourceMetadata()', () => {
  it('serves the document of RFC 9728 to everybody, and challenges name it', async () => {
    const { app, agentwrit } = await guardedServer(
      { denyByDefault: true },
      { resource: 'https://api.example.com/orders' },
    );
    const { path, handler } = agentwrit.resourceMetadata();
    app.get(path, handler);
    app.get('/:id', { config: { scope: 'read:data:{id}' } }, () => 'in');
    const { headers, json } = await app.inject(path);
    expect(headers['content-type']).toBe('application/json');
    expect(json()).toMatchObject({
      resource: 'https://api.example.com/orders',
      scopes_supported: ['read:data:{id}'],
    });
    expect((await app.inject('/7')).headers['www-authenticate']).toContain(
      `resource_metadata="https://api.example.com${path}"`,
    );
    expect(listRequirements(app)[0]).toMatchObject({ method: 'GET', path, isPublic: true });
  });

  it('needs to know the address of this API', () => {
    const { resourceMetadata } = createAgentWrit({ broker: new ScriptedBroker() });
    expect(resourceMetadata).toThrow('"resource"');
  });
});

describe('fromEnv()', () => {
  it('asks the broker that the environment names', async () => {
    const env = { AGENTWRIT_BROKER_URL: 'http://127.0.0.1:1' };
    const { plugin, requireScope, stats } = fromEnv({ realm: 'here' }, env);
    const app = server();
    await app.register(plugin);
    app.get('/', { preHandler: requireScope('read:data:7') }, () => 'in');
    expect((await app.inject('/')).headers['www-authenticate']).toContain('realm="here"');
    expect(stats().broker.calls).toBe(0);
  });

  it('fails where it names none', () => {
    expect(() => fromEnv({}, {})).toThrow('AGENTWRIT_BROKER_URL');
  });
});
