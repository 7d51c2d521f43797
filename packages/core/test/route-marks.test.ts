import { describe, expect, it } from 'vitest';
import { assertGuarded, listRoute, markOf, markRoute } from '../src/index.js';
import { setScene } from './guard-scene.js';

const { needs } = setScene().guard.requireScope('read:data:7');
const guard = markRoute(() => undefined, needs);
const open = markRoute(() => undefined, 'public');
const handler = (): undefined => undefined;

describe('a mark', () => {
  it('is on the function it was put on, and on no other', () => {
    expect(markOf(guard)).toBe(needs);
    expect(markOf(open)).toBe('public');
    for (const other of [handler, guard.bind(undefined), {}, undefined, null, 'guard']) {
      expect(markOf(other)).toBeUndefined();
    }
  });
});

describe('listRoute', () => {
  it('says what the marked handlers of a route ask for', () => {
    expect(listRoute('get', '/x', [handler, guard, open, guard, undefined])).toEqual({
      method: 'GET',
      path: '/x',
      needs: [needs, needs],
      isPublic: true,
    });
  });
});

describe('assertGuarded', () => {
  it('is content with guarded routes and with public ones', () => {
    expect(() =>
      assertGuarded([listRoute('GET', '/x', [guard]), listRoute('GET', '/y', [open])]),
    ).not.toThrow();
  });

  it('takes a route where credentials are optional for an open one, unless it says so', () => {
    const optional = markRoute(
      () => undefined,
      setScene().guard.authenticate({ optional: true }).needs,
    );
    expect(() => assertGuarded([listRoute('GET', '/x', [optional])])).toThrow('GET /x');
    expect(() => assertGuarded([listRoute('GET', '/x', [optional, open])])).not.toThrow();
    expect(() => assertGuarded([listRoute('GET', '/x', [optional, guard])])).not.toThrow();
  });

  it.each([
    { path: '/customers/:id', isFine: true },
    { path: '/customers/:id{[0-9]+}', isFine: true },
    { path: '/customers{/:id}', isFine: true },
    { path: '/files/*id', isFine: true },
    { path: '…/customers', isFine: true },
    { path: '/^\\/x$/…', isFine: true },
    { path: '/customers', isFine: false },
    { path: '/customers/:idx', isFine: false },
    { path: '/customers/id', isFine: false },
  ])('takes $path for a route that can fill its scope: $isFine', ({ path, isFine }) => {
    const templated = markRoute(
      () => undefined,
      setScene().guard.requireScope('read:data:customer-{id}').needs,
    );
    const look = (): void => assertGuarded([listRoute('GET', path, [guard, templated])]);
    if (isFine) expect(look).not.toThrow();
    else expect(look).toThrow(`GET ${path} has no parameter "id" for "read:data:customer-{id}"`);
  });

  it('names every route that is neither', () => {
    const routes = [
      listRoute('GET', '/x', [guard, handler]),
      listRoute('POST', '/y', [handler]),
      listRoute('get', '/z', []),
    ];
    expect(() => assertGuarded(routes)).toThrow('POST /y, GET /z.');
    expect(() => assertGuarded(routes)).not.toThrow('/x');
  });
});
