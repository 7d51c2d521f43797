import { describe, expect, it } from 'vitest';
import { createGuard, type Guard } from '../src/index.js';
import { requestWith, ScriptedBroker } from './fixtures.js';

function guardOf(options: object): Guard {
  return createGuard({ broker: new ScriptedBroker(), ...options });
}

describe('the metadata of a protected resource', () => {
  it.each([
    {
      resource: 'https://api.example.com',
      path: '/.well-known/oauth-protected-resource',
      url: 'https://api.example.com/.well-known/oauth-protected-resource',
    },
    {
      resource: 'https://api.example.com/',
      path: '/.well-known/oauth-protected-resource',
      url: 'https://api.example.com/.well-known/oauth-protected-resource',
    },
    {
      resource: 'https://api.example.com:8443/orders/v1',
      path: '/.well-known/oauth-protected-resource/orders/v1',
      url: 'https://api.example.com:8443/.well-known/oauth-protected-resource/orders/v1',
    },
    {
      resource: new URL('http://127.0.0.1:3000/orders'),
      path: '/.well-known/oauth-protected-resource/orders',
      url: 'http://127.0.0.1:3000/.well-known/oauth-protected-resource/orders',
    },
  ])('of $resource is at $path, and challenges say so', async ({ resource, path, url }) => {
    const guard = guardOf({ resource });
    expect(guard.resourceMetadata().path).toBe(path);
    const answer = await guard.requireScope('read:data:7')(requestWith(undefined));
    expect(answer.outcome === 'refuse' && answer.refusal.headers['www-authenticate']).toBe(
      `Bearer realm="agentwrit", scope="read:data:7", resource_metadata="${url}"`,
    );
  });

  it('is named to callers without credentials only', async () => {
    const guard = guardOf({ resource: 'https://api.example.com' });
    const answer = await guard.requireScope('read:data:7')({
      ...requestWith(undefined),
      authorization: 'Bearer garbage',
    });
    expect(answer.outcome === 'refuse' && answer.refusal.headers['www-authenticate']).toBe(
      'Bearer realm="agentwrit", error="invalid_token"',
    );
  });

  it('lists the scopes of all routes built so far, once each, sorted, and what is known besides', () => {
    const guard = guardOf({
      resource: 'https://api.example.com',
      resourceMetadata: {
        name: 'Orders',
        documentation: 'https://docs.example.com/orders',
        authorizationServers: ['https://login.example.com'],
      },
    });
    const { answer } = guard.resourceMetadata();
    expect(JSON.parse(answer().body)).toMatchObject({ scopes_supported: [] });
    guard.requireScope('write:data:*', 'read:data:customer-{id}');
    guard.requireAnyScope('read:data:*', () => 'x:y:z', 'write:data:*');
    guard.authenticate();
    expect(answer()).toEqual({
      status: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'max-age=300' },
      body:
        '{"resource":"https://api.example.com","resource_name":"Orders",' +
        '"resource_documentation":"https://docs.example.com/orders",' +
        '"authorization_servers":["https://login.example.com"],' +
        '"scopes_supported":["read:data:*","read:data:customer-{id}","write:data:*"],' +
        '"bearer_methods_supported":["header"]}\n',
    });
  });

  it('repeats the identifier as it was written', () => {
    const body = (resource: string): unknown =>
      JSON.parse(guardOf({ resource }).resourceMetadata().answer().body);
    expect(body('https://api.example.com')).toMatchObject({ resource: 'https://api.example.com' });
    expect(body('https://api.example.com/')).toMatchObject({
      resource: 'https://api.example.com/',
    });
  });

  it.each([
    { name: 'no URL', options: { resource: 'orders' }, says: '"resource"' },
    { name: 'a path', options: { resource: '/orders' }, says: '"resource"' },
    { name: 'plain http:', options: { resource: 'http://api.example.com' }, says: 'https:' },
    { name: 'another scheme', options: { resource: 'ftp://api.example.com' }, says: 'https:' },
    { name: 'a query', options: { resource: 'https://a.example/?x' }, says: 'query' },
    { name: 'a hash', options: { resource: 'https://a.example/#x' }, says: 'hash' },
    { name: 'a password', options: { resource: 'https://u:p@a.example' }, says: 'password' },
    { name: 'a line break', options: { resource: 'https://a.example/x\n' }, says: 'https:' },
    {
      name: 'an issuer that is none',
      options: {
        resource: 'https://a.example',
        resourceMetadata: { authorizationServers: ['nonsense'] },
      },
      says: '"resourceMetadata.authorizationServers"',
    },
    { name: 'undefined', options: { resource: undefined }, says: '"resource" is undefined' },
    { name: 'only the rest', options: { resourceMetadata: {} }, says: 'needs a "resource"' },
    {
      name: 'an unknown member',
      options: { resource: 'https://a.example', resourceMetadata: { title: 'x' } },
      says: '"title"',
    },
    {
      name: 'a page that is none',
      options: { resource: 'https://a.example', resourceMetadata: { documentation: 'docs' } },
      says: '"resourceMetadata.documentation"',
    },
  ])('is not made of $name', ({ options, says }) => {
    expect(() => guardOf(options)).toThrow(TypeError);
    expect(() => guardOf(options)).toThrow(says);
  });

  it('is not served by a guard that does not know its address', () => {
    expect(() => guardOf({}).resourceMetadata()).toThrow('"resource"');
  });
});
