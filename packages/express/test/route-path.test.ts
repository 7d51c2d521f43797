import { describe, expect, it } from 'vitest';
import { plainBeginning } from '../src/route-path.js';

describe('plainBeginning', () => {
  it.each([
    ['/', ''],
    ['/api', '/api'],
    ['/api/', '/api'],
    ['/api/v1.0/a-b_c~d', '/api/v1.0/a-b_c~d'],
    ['/api/:id', '/api'],
    ['/api/:id/orders', '/api'],
    ['/api/:id?', '/api'],
    ['/api/:id?/orders', '/api'],
    ['/api/v:major.:minor/x', '/api'],
    ['/api/*', '/api'],
    ['/api/*rest', '/api'],
    ['/:id', ''],
    ['/*', ''],
  ])('of %s is %j', (path, expected) => {
    expect(plainBeginning(path)).toBe(expected);
  });

  it.each([
    // What may match something that is not below.
    '*',
    'api',
    '',
    '/api/.:ext',
    '/api/:id?x',
    '/api/?x',
    '/api/x|/other',
    '/api/:id|/other',
    '/api/:id(\\d+)',
    '/api{/:id}',
    '/(api)?/x',
    '/api//x',
    '/api/:id{0}x',
    /^\/api/,
    ['/api'],
    undefined,
  ])('of %s cannot be said', (path) => {
    expect(plainBeginning(path)).toBeUndefined();
  });
});
