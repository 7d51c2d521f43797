import { describe, expect, test } from 'vitest';
import { parseBrokerUrl } from '../src/broker-url.js';

const strict = { allowInsecureHttp: false };

describe('a broker URL', () => {
  test.each([
    ['https://broker.example.com', 'https://broker.example.com/'],
    ['https://broker.example.com///', 'https://broker.example.com/'],
    ['https://broker.example.com/agents/', 'https://broker.example.com/agents'],
    ['http://localhost:8080/', 'http://localhost:8080/'],
    ['http://127.0.0.9:8080', 'http://127.0.0.9:8080/'],
    ['http://[::1]:8080', 'http://[::1]:8080/'],
  ])('%s is normalised', (text, normal) => {
    expect(parseBrokerUrl(text, 'brokerUrl', strict).href).toBe(normal);
  });

  test.each([
    { name: 'nothing', value: undefined },
    { name: 'a relative address', value: '/v1' },
    { name: 'an object', value: {} },
    { name: 'a URL object with a password', value: new URL('https://:hunter2@broker.example.com') },
    { name: 'another protocol', value: 'ftp://broker.example.com' },
    { name: 'a user name', value: 'https://user@broker.example.com' },
    { name: 'a password', value: 'https://:hunter2@broker.example.com' },
    { name: 'a query', value: 'https://broker.example.com?a=1' },
    { name: 'a hash', value: 'https://broker.example.com#a' },
    { name: 'plain http to another host', value: 'http://broker.example.com' },
    { name: 'a host that only starts like loopback', value: 'http://127.0.0.1.example.com' },
    { name: 'a host that only ends like loopback', value: 'http://notlocalhost' },
    { name: 'every interface', value: 'http://0.0.0.0' },
  ])('with $name is refused by name, without quoting it', ({ value }) => {
    const refusal = (): URL => parseBrokerUrl(value, 'brokerUrl', strict);
    expect(refusal).toThrow(TypeError);
    expect(refusal).toThrow(/^"brokerUrl" /);
    expect(refusal).not.toThrow(/hunter2/);
  });

  test('may be a URL object, which is left as it was', () => {
    const given = new URL('https://broker.example.com/agents/');
    expect(parseBrokerUrl(given, 'broker', strict).pathname).toBe('/agents');
    expect(given.pathname).toBe('/agents/');
  });

  test('may be plain http to another host when that is asked for', () => {
    const url = parseBrokerUrl('http://broker.example.com', 'brokerUrl', {
      allowInsecureHttp: true,
    });
    expect(url.protocol).toBe('http:');
  });
});
