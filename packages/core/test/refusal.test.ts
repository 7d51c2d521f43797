import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Refused } from '../src/decision.js';
import { refuse, requestPath } from '../src/refusal.js';

const request = {
  realm: 'orders',
  metadataUrl: undefined,
  url: '/data/7?secret=1',
  requestId: 'req-1',
};

function needing(...scopes: string[]): Refused {
  return {
    outcome: 'refuse',
    reason: 'missing_token',
    cause: 'test',
    needed: { scopes: scopes.map((scope) => ({ scope, wide: '' })), match: 'all' },
  };
}

describe('refuse', () => {
  it('writes the body as the broker writes problems: order, escapes, final newline', () => {
    const { body } = refuse(needing('read:data:<7>&'), request);
    expect(body).toBe(
      '{"type":"urn:agentwrit:error:missing_token","title":"Unauthorized","status":401,' +
        '"detail":"this resource needs an agent token: send \\"Authorization: Bearer \\u003ctoken\\u003e\\"",' +
        '"instance":"/data/7","error_code":"missing_token","request_id":"req-1",' +
        '"required_scope":["read:data:\\u003c7\\u003e\\u0026"]}\n',
    );
  });

  it('sends no query back', () => {
    expect(JSON.stringify(refuse(needing(), request))).not.toContain('secret');
  });

  it.each([
    {
      name: 'several scopes, space-separated',
      scopes: ['read:data:a', 'write:data:b'],
      challenge: 'Bearer realm="orders", scope="read:data:a write:data:b"',
    },
    {
      name: 'no scope when one holds a space',
      scopes: ['read:data:a b'],
      challenge: 'Bearer realm="orders"',
    },
    {
      name: 'no scope when one holds a quote',
      scopes: ['read:data:a"'],
      challenge: 'Bearer realm="orders"',
    },
    {
      name: 'no scope when one holds a backslash',
      scopes: ['read:data:a\\'],
      challenge: 'Bearer realm="orders"',
    },
    {
      name: 'no scope when one holds a newline',
      scopes: ['read:data:a\r\nx: y'],
      challenge: 'Bearer realm="orders"',
    },
    {
      name: 'no scope when together they are long',
      scopes: [`read:data:${'a'.repeat(500)}`, `write:data:${'a'.repeat(500)}`],
      challenge: 'Bearer realm="orders"',
    },
    {
      name: 'no scope when one is not ASCII',
      scopes: ['read:data:é'],
      challenge: 'Bearer realm="orders"',
    },
  ])('challenges with $name', ({ scopes, challenge }) => {
    expect(refuse(needing(...scopes), request).headers['www-authenticate']).toBe(challenge);
  });

  it('says that one of several is enough, and nothing of the kind where there is only one', () => {
    const any = (...scopes: string[]): unknown => {
      const { needed, ...refused } = needing(...scopes);
      return refuse({ ...refused, needed: needed && { ...needed, match: 'any' } }, request).problem;
    };
    expect(any('a:b:c', 'a:b:d')).toMatchObject({ required_scope_match: 'any' });
    expect(any('a:b:c')).not.toHaveProperty('required_scope_match');
  });

  it('quotes a realm whatever is in it', () => {
    const { headers } = refuse(needing('read:data:7'), { ...request, realm: 'a"b\\c\r\né' });
    expect(headers['www-authenticate']).toBe('Bearer realm="a\\"b\\\\c???", scope="read:data:7"');
  });

  it('never writes a header value that is not printable ASCII', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (scope, url) => {
        const { headers } = refuse(needing(scope), { ...request, url });
        for (const value of Object.values(headers)) expect(value).toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });
});

describe('requestPath', () => {
  it.each([
    { url: '/data/7?x=1', path: '/data/7' },
    { url: '/data/a%20b', path: '/data/a b' },
    { url: '/data/%E0%A4%A', path: '/data/%E0%A4%A' },
    { url: '//evil.example/x', path: '//evil.example/x' },
    { url: 'http://localhost:3000/data/7?x#y', path: '/data/7' },
    { url: '*', path: '/' },
    { url: '', path: '/' },
  ])('of $url is $path', ({ url, path }) => {
    expect(requestPath(url)).toBe(path);
  });
});
