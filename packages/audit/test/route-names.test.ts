import { describe, expect, it } from 'vitest';
import { methodName, RouteNames } from '../src/route-names.js';

describe('names for metrics', () => {
  it('are the known methods, and one word for all others', () => {
    expect(['GET', 'PATCH', 'get', 'QUERY', 'X'.repeat(50), ''].map(methodName)).toEqual([
      'GET',
      'PATCH',
      ...Array.from({ length: 4 }, () => '_OTHER'),
    ]);
  });

  it('are so many routes, and one word for all others', () => {
    const names = new RouteNames(2);
    const routes = ['/orders', '/customers/:id', '/third', '/orders'];
    expect(routes.map((route) => names.nameOf(route, false))).toEqual([
      '/orders',
      '/customers/:id',
      '_other',
      '/orders',
    ]);
  });

  it('leave room for routes that let somebody in, however many others were refused at', () => {
    const names = new RouteNames(4);
    const refused = Array.from({ length: 100 }, (_, n) => names.nameOf(`/made-up-${n}`, true));
    expect(new Set(refused)).toEqual(new Set(['/made-up-0', '/made-up-1', '_other']));
    expect(names.nameOf('/orders', false)).toBe('/orders');
    expect(names.nameOf('/orders', true)).toBe('/orders');
  });

  it('are none that is longer than a pattern', () => {
    expect(new RouteNames(5).nameOf(`/${'x'.repeat(300)}`, false)).toBe('_other');
  });
});
