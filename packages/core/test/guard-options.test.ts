import { describe, expect, it } from 'vitest';
import { createGuard, type GuardOptions, type Scope } from '../src/index.js';

const broker = 'http://127.0.0.1:8080';

describe('createGuard', () => {
  it.each([
    { name: 'no options', options: undefined, says: 'options object' },
    { name: 'no broker', options: {}, says: '"broker"' },
    { name: 'a broker that is a number', options: { broker: 7 }, says: '"broker"' },
    { name: 'a broker that is no URL', options: { broker: 'localhost' }, says: '"broker"' },
    { name: 'a broker that is a path', options: { broker: '/v1' }, says: '"broker"' },
    { name: 'another scheme', options: { broker: 'ftp://127.0.0.1' }, says: 'ftp:' },
    {
      name: 'a password in the URL',
      options: { broker: 'http://u:p4ss@127.0.0.1' },
      says: 'user name',
    },
    { name: 'a query in the URL', options: { broker: 'http://127.0.0.1/?a' }, says: 'query' },
    {
      name: 'plain http to another host',
      options: { broker: 'http://broker.example' },
      says: 'allowInsecureHttp',
    },
    {
      name: 'a host that starts like loopback',
      options: { broker: 'http://127.0.0.1.example.com' },
      says: 'allowInsecureHttp',
    },
    { name: 'an object without fetch', options: { broker: {} }, says: '"broker"' },
    { name: 'an unknown option', options: { broker, maxage: 5 }, says: 'unknown option "maxage"' },
    { name: 'a NaN maxAge', options: { broker, maxAge: Number.NaN }, says: '"maxAge"' },
    { name: 'an infinite maxAge', options: { broker, maxAge: Infinity }, says: '"maxAge"' },
    { name: 'a negative maxAge', options: { broker, maxAge: -1 }, says: '"maxAge"' },
    { name: 'a maxAge that is text', options: { broker, maxAge: '5' }, says: '"maxAge"' },
    { name: 'a zero timeout', options: { broker, timeoutMs: 0 }, says: '"timeoutMs"' },
    {
      name: 'a fractional cache size',
      options: { broker, maxCachedTokens: 1.5 },
      says: '"maxCachedTokens"',
    },
    {
      name: 'a tiny token length',
      options: { broker, maxTokenLength: 1 },
      says: '"maxTokenLength"',
    },
    { name: 'an empty audience', options: { broker, audience: '' }, says: '"audience"' },
    {
      name: 'an audience that is a list',
      options: { broker, audience: ['a'] },
      says: '"audience"',
    },
    { name: 'an empty issuer', options: { broker, issuer: '' }, says: '"issuer"' },
    { name: 'no trust domain', options: { broker, trustDomains: [] }, says: '"trustDomains"' },
    {
      name: 'a trust domain with scheme',
      options: { broker, trustDomains: ['spiffe://a'] },
      says: '"trustDomains"',
    },
    { name: 'no subject', options: { broker, subjects: [] }, says: '"subjects"' },
    { name: 'an unknown subject', options: { broker, subjects: ['human'] }, says: '"subjects"' },
    {
      name: 'a sink that is no function',
      options: { broker, onDecision: {} },
      says: '"onDecision"',
    },
    { name: 'an empty realm', options: { broker, realm: '' }, says: '"realm"' },
    { name: 'a clock that is null', options: { broker, clock: null }, says: '"clock" must be' },
    {
      name: 'an unset audience',
      options: { broker, audience: undefined },
      says: '"audience" is un',
    },
    {
      name: 'an unset maxAge',
      options: { broker, maxAge: undefined },
      says: '"maxAge" is undefined',
    },
    {
      name: 'half a clock',
      options: { broker, clock: { now: Date.now } },
      says: '"clock.monotonic"',
    },
  ])('refuses $name with a TypeError that names the option', ({ options, says }) => {
    const create = (): unknown => createGuard(options as unknown as GuardOptions);
    expect(create).toThrow(TypeError);
    expect(create).toThrow(says);
  });

  it('never repeats an address that may hold a password', () => {
    expect(() => createGuard({ broker: 'http://u:p4ss@127.0.0.1' })).not.toThrow('p4ss');
    expect(() => createGuard({ broker: 'u:p4ss@broker' })).not.toThrow('p4ss');
  });

  it.each([
    { name: 'a URL object', options: { broker: new URL(broker) } },
    { name: 'IPv6 loopback', options: { broker: 'http://[::1]:8080' } },
    { name: 'localhost with a base path', options: { broker: 'http://localhost/agentwrit/' } },
    { name: 'https anywhere', options: { broker: 'https://broker.example' } },
    {
      name: 'plain http where it is allowed',
      options: { broker: 'http://broker.example', allowInsecureHttp: true },
    },
    { name: 'a broker object', options: { broker: { fetch: () => new Response() } } },
    { name: 'maxAge 0', options: { broker, maxAge: 0 } },
  ])('takes $name', async ({ options }) => {
    await createGuard(options).close();
  });
});

describe('requireScope', () => {
  it.each([
    { name: 'nothing', args: [], says: 'at least one scope' },
    { name: 'options alone', args: [{ maxAge: 1 }], says: 'at least one scope' },
    { name: 'a malformed scope', args: ['read:data'], says: '"read:data"' },
    { name: 'undefined, as from a misspelt constant', args: [undefined], says: 'got undefined' },
    { name: 'a null for options', args: ['read:data:x', null], says: 'got object' },
    {
      name: 'options before the last place',
      args: [{ maxAge: 1 }, 'read:data:x'],
      says: 'got object',
    },
    { name: 'an array of scopes', args: [['read:data:x']], says: 'one by one' },
    {
      name: 'an unknown option',
      args: ['read:data:x', { maxage: 1 }],
      says: 'unknown option "maxage"',
    },
    { name: 'an unset maxAge', args: ['read:data:x', { maxAge: undefined }], says: 'is undefined' },
    {
      name: 'an inherited maxAge',
      args: ['read:data:x', Object.create({ maxAge: 0 })],
      says: 'plain',
    },
    {
      name: 'a promise of a scope',
      args: ['read:data:x', Promise.resolve('a:b:c')],
      says: 'plain',
    },
    { name: 'a set of scopes', args: ['read:data:x', new Set(['a:b:c'])], says: 'plain' },
    { name: 'a NaN maxAge', args: ['read:data:x', { maxAge: Number.NaN }], says: '"maxAge"' },
  ])('refuses $name with a TypeError', async ({ args, says }) => {
    const guard = createGuard({ broker });
    const build = (): unknown => guard.requireScope(...(args as unknown as [Scope]));
    expect(build).toThrow(TypeError);
    expect(build).toThrow(says);
    await guard.close();
  });
});
