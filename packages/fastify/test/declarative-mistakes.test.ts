// What a route cannot say in its `config`: it is told so when it is declared, and is not there then.

import type { FastifyContextConfig } from 'fastify';
import { describe, expect, it } from 'vitest';
import { guardedServer } from './server.js';

describe('a route', () => {
  it.each<{ name: string; config: unknown; says: string }>([
    { name: 'undefined', config: { scope: undefined }, says: 'got undefined' },
    { name: 'two parts', config: { scope: 'read:data' }, says: 'got "read:data"' },
    { name: 'no scope', config: { scope: [] }, says: 'at least one scope' },
    { name: 'none of any', config: { scope: { any: [] } }, says: 'at least one scope' },
    { name: 'an object in an array', config: { scope: ['a:b:c', { maxAge: 0 }] }, says: 'object' },
    { name: 'both', config: { scope: { all: 'a:b:c', any: 'a:b:c' } }, says: '{ any: […] }' },
    { name: 'neither', config: { scope: { maxAge: 0 } }, says: '{ any: […] }' },
    { name: 'null', config: { scope: null }, says: 'object' },
    { name: 'an unknown option', config: { scope: { any: 'a:b:c', maxage: 0 } }, says: '"maxage"' },
    {
      name: 'optional scopes',
      config: { scope: { any: 'a:b:c', optional: true } },
      says: 'optional',
    },
    {
      name: 'no authentication',
      config: { authenticate: false },
      says: '"authenticate" takes true',
    },
    { name: 'an unknown word', config: { authenticate: { optinal: true } }, says: '"optinal"' },
    {
      name: 'undefined options',
      config: { authenticate: undefined },
      says: '"authenticate" takes',
    },
    { name: 'null options', config: { authenticate: null }, says: 'plain options object' },
    { name: 'not public', config: { publicRoute: false }, says: '"publicRoute" takes true' },
    {
      name: 'an option beside the scope',
      config: { scope: 'a:b:c', maxAge: 0 },
      says: '"maxAge" belongs inside',
    },
    {
      name: 'an option beside authenticate',
      config: { authenticate: true, task: () => 'x' },
      says: '"task" belongs inside',
    },
    {
      name: 'public and not',
      config: { authenticate: true, publicRoute: true },
      says: 'exclude each other',
    },
    {
      name: 'two things',
      config: { scope: 'a:b:c', publicRoute: true },
      says: '"scope" and "publicRoute" exclude each other',
    },
  ])('cannot be declared with $name', async ({ config, says }) => {
    const { app } = await guardedServer();
    const declare = (): unknown =>
      app.get('/here', { config: config as FastifyContextConfig }, () => 'in');
    expect(declare).toThrow(TypeError);
    expect(declare).toThrow('route GET /here: ');
    expect(declare).toThrow(says);
    expect((await app.inject('/here')).statusCode).toBe(404);
  });
});
