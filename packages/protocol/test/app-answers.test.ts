import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as apps from '../src/app-answers.js';
import { WireError } from '../src/wire-error.js';
import { isStrict, type Reader, wireError } from './strict-reader.js';

const APP = {
  app_id: 'app-orders-0a1b2c',
  name: 'orders',
  client_id: 'or-0a1b2c3d4e5f',
  scopes: ['read:data:*'],
  token_ttl: 1800,
  status: 'active',
  created_at: '2026-02-15T12:00:00Z',
  updated_at: '2026-02-15T12:00:30Z',
};

const REMOVAL = {
  app_id: 'app-orders-0a1b2c',
  name: '',
  client_id: '',
  scopes: null,
  token_ttl: 0,
  status: 'inactive',
  deregistered_at: '2026-02-15T12:00:00Z',
};

const READERS: readonly Reader[] = [
  {
    name: 'readAppRegistration',
    path: 'app',
    read: apps.readAppRegistration,
    good: {
      app_id: 'app-orders-0a1b2c',
      name: '',
      client_id: 'ord-0a1b2c3d4e5f',
      client_secret: '00ff',
      scopes: ['read:data:*'],
      token_ttl: 1800,
      status: '',
    },
  },
  { name: 'readApp', path: 'app', read: apps.readApp, good: APP },
  {
    name: 'readAppList',
    path: 'app_list',
    read: apps.readAppList,
    good: { apps: [APP, { ...APP, status: 'inactive' }], total: 2 },
  },
];

describe.each(READERS)('$name', isStrict);

describe('readApp', () => {
  test.each([
    { member: 'app_id', value: '' },
    { member: 'name', value: '' },
    { member: 'client_id', value: '' },
    { member: 'status', value: 'ACTIVE' },
    { member: 'status', value: '' },
    { member: 'created_at', value: '2026-02-15' },
    { member: 'updated_at', value: 'Sun, 15 Feb 2026 12:00:00 GMT' },
  ])('refuses $value for $member', ({ member, value }) => {
    const error = wireError(() => apps.readApp({ ...APP, [member]: value }));
    expect(error.path).toBe(`app.${member}`);
    if (value !== '') expect(error.message).not.toContain(value);
  });

  test('takes an app or throws a WireError, whatever it gets', () => {
    const members = fc.record(
      Object.fromEntries(
        Object.entries(APP).map(([name, value]) => [
          name,
          fc.oneof({ weight: 8, arbitrary: fc.constant(value) }, fc.jsonValue()),
        ]),
      ),
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(members, fc.jsonValue()), (value) => {
        try {
          expect(apps.readApp(value)).toMatchObject(value as object);
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
        }
      }),
    );
  });
});

describe('readAppList', () => {
  test('reads a broker without apps', () => {
    expect(apps.readAppList({ apps: [], total: 0 })).toEqual({ apps: [], total: 0 });
  });

  test.each([0, 2])('does not take one app for the whole list of %i', (total) => {
    expect(wireError(() => apps.readAppList({ apps: [APP], total })).path).toBe('app_list.total');
  });

  test('says which app is wrong', () => {
    const list = { apps: [APP, { ...APP, scopes: null }], total: 2 };
    expect(wireError(() => apps.readAppList(list)).path).toBe('app_list.apps[1].scopes');
  });
});

describe('readAppRemoval', () => {
  test('reads the blanks that the broker answers', () => {
    expect(apps.readAppRemoval(REMOVAL)).toEqual(REMOVAL);
  });

  test('reads an app that is not blank', () => {
    const removal = { ...REMOVAL, ...APP, status: 'inactive', deregistered_at: APP.created_at };
    const { created_at: _created, updated_at: _updated, ...read } = removal;
    expect(apps.readAppRemoval(removal)).toEqual(read);
  });

  test.each([
    { member: 'status', value: 'active' },
    { member: 'status', value: undefined },
    { member: 'app_id', value: '' },
    { member: 'name', value: null },
    { member: 'client_id', value: undefined },
    { member: 'scopes', value: undefined },
    { member: 'scopes', value: '' },
    { member: 'token_ttl', value: '0' },
    { member: 'deregistered_at', value: '' },
  ])('does not take $value for $member', ({ member, value }) => {
    const error = wireError(() => apps.readAppRemoval({ ...REMOVAL, [member]: value }));
    expect(error.path).toBe(`app_removal.${member}`);
  });
});
