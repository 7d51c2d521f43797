import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readClaims, readDelegationRecord } from '../src/claims.js';
import { WireError } from '../src/wire-error.js';

/** The payload of protocol §3.9, as text: what arrives is always parsed JSON. */
const PAYLOAD =
  '{"iss":"","sub":"spiffe://agentwrit.local/agent/orch-1/task-1/0123456789abcdef",' +
  '"exp":1771156900,"nbf":1771156600,"iat":1771156600,' +
  '"jti":"00112233445566778899aabbccddeeff","scope":["read:data:*"],' +
  '"task_id":"task-1","orch_id":"orch-1"}';
const RECORD = {
  agent: 'spiffe://agentwrit.local/agent/orch-1/task-1/0123456789abcdef',
  scope: ['read:data:*'],
  delegated_at: '2026-02-15T12:00:00.12Z',
  signature: '2e2080f5',
};
const payload = (): Record<string, unknown> => JSON.parse(PAYLOAD) as Record<string, unknown>;
const full = (): Record<string, unknown> => ({
  ...payload(),
  aud: ['orders'],
  sid: 'session-1',
  delegation_chain: [RECORD],
  chain_hash: '244e9322',
});

function wireError(act: () => unknown): WireError {
  try {
    act();
  } catch (error) {
    if (error instanceof WireError) return error;
    throw error;
  }
  throw new Error('expected a WireError');
}

// A marker that no message may contain, in every JSON type that can carry one.
const SECRET = 'SECRET-7431977';
const NUMBER = 7_431_977;
const wrong = {
  string: fc.string().map((text) => text + SECRET),
  integer: fc.constantFrom(NUMBER, -NUMBER),
  fraction: fc.constantFrom(NUMBER + 0.5, NUMBER * 1e12),
  boolean: fc.boolean(),
  null: fc.constant(null),
  strings: fc.array(fc.constant(SECRET), { minLength: 1 }),
  mixed: fc.constantFrom([SECRET, NUMBER], [[SECRET]], [null], [{ [SECRET]: SECRET }]),
  object: fc.constantFrom({}, { [SECRET]: SECRET }, { length: 1, 0: SECRET }),
};
type Kind = keyof typeof wrong;

const MEMBERS: readonly { name: string; takes: readonly Kind[] }[] = [
  { name: 'iss', takes: ['string'] },
  { name: 'sub', takes: ['string'] },
  { name: 'aud', takes: ['strings'] },
  { name: 'exp', takes: ['integer'] },
  { name: 'nbf', takes: ['integer'] },
  { name: 'iat', takes: ['integer'] },
  { name: 'jti', takes: ['string'] },
  { name: 'sid', takes: ['string'] },
  { name: 'scope', takes: ['strings', 'null'] },
  { name: 'task_id', takes: ['string'] },
  { name: 'orch_id', takes: ['string'] },
  { name: 'delegation_chain', takes: [] },
  { name: 'chain_hash', takes: ['string'] },
];
const RECORD_MEMBERS: readonly { name: string; takes: readonly Kind[] }[] = [
  { name: 'agent', takes: ['string'] },
  { name: 'scope', takes: ['strings', 'null'] },
  { name: 'delegated_at', takes: [] },
  { name: 'signature', takes: ['string'] },
];

function anythingBut(takes: readonly Kind[]): fc.Arbitrary<unknown> {
  const kinds = (Object.keys(wrong) as Kind[]).filter((kind) => !takes.includes(kind));
  return fc.oneof(...kinds.map((kind) => wrong[kind]));
}

describe('readClaims', () => {
  test('reads the known payload and fills in the lists it omits', () => {
    expect(readClaims(payload())).toEqual({ ...payload(), aud: [], delegation_chain: [] });
  });

  test('reads every optional member', () => {
    expect(readClaims(full())).toEqual(full());
  });

  test('reads an administrator token: no task, no orchestrator, no chain', () => {
    const { task_id: _task, orch_id: _orch, ...rest } = payload();
    const claims = readClaims({ ...rest, sub: 'admin' });
    expect(Object.keys(claims)).not.toContain('task_id');
    expect(Object.keys(claims)).not.toContain('orch_id');
    expect(Object.keys(claims)).not.toContain('chain_hash');
  });

  test.each(['sid', 'task_id', 'orch_id', 'chain_hash'])(
    'takes an empty %s for an absent one',
    (name) => {
      expect(Object.keys(readClaims({ ...full(), [name]: '' }))).not.toContain(name);
    },
  );

  test.each([{ name: 'null', scope: null }, { name: 'absent' }])(
    'reads a scope that is $name as no scope at all',
    ({ name: _name, ...member }) => {
      const { scope: _scope, ...rest } = payload();
      expect(readClaims({ ...rest, ...member }).scope).toEqual([]);
    },
  );

  test('drops members it does not know', () => {
    expect(readClaims({ ...payload(), role: 'root' })).toEqual(readClaims(payload()));
  });

  test.each(['iss', 'sub', 'exp', 'nbf', 'iat', 'jti'])('insists on %s', (name) => {
    const { [name]: _dropped, ...rest } = full();
    expect(wireError(() => readClaims(rest)).path).toBe(`claims.${name}`);
  });

  test.each([
    { name: 'sub', value: '' },
    { name: 'jti', value: '' },
    { name: 'exp', value: 0 },
    { name: 'exp', value: -1 },
    { name: 'exp', value: 2 ** 53 },
  ])('refuses $name $value', ({ name, value }) => {
    expect(wireError(() => readClaims({ ...payload(), [name]: value })).path).toBe(
      `claims.${name}`,
    );
  });

  test('takes an nbf and an iat of zero', () => {
    expect(readClaims({ ...payload(), nbf: 0, iat: 0 })).toMatchObject({ nbf: 0, iat: 0 });
  });

  test.each(MEMBERS)('names $name when its type is wrong and never shows it', ({ name, takes }) => {
    fc.assert(
      fc.property(anythingBut(takes), (value) => {
        const error = wireError(() => readClaims({ ...full(), [name]: value }));
        expect(error.path.split(/[.[]/).slice(0, 2)).toEqual(['claims', name]);
        expect(error.message).not.toMatch(/SECRET|7431977/);
        expect(error.cause).toBeUndefined();
      }),
    );
  });

  test.each([null, undefined, [], 'x', 7, true])('refuses %j for an object', (value) => {
    expect(wireError(() => readClaims(value)).path).toBe('claims');
  });

  test('calls the place what the caller calls it', () => {
    expect(wireError(() => readClaims({}, 'payload')).path).toMatch(/^payload\./);
  });

  test('does not read members behind __proto__ or inherited ones', () => {
    const behind = JSON.parse(`{"__proto__":${PAYLOAD}}`) as unknown;
    expect(() => readClaims(behind)).toThrow(WireError);
    expect(() => readClaims(Object.create(payload()))).toThrow(WireError);
    const wider = JSON.parse(
      PAYLOAD.replace('{', '{"__proto__":{"aud":["x"],"sid":"s","chain_hash":"h"},'),
    ) as unknown;
    expect(readClaims(wider)).toEqual(readClaims(payload()));
  });

  test('freezes all of it and keeps no reference to what it read', () => {
    const value = full();
    const claims = readClaims(value);
    const [record] = claims.delegation_chain;
    for (const part of [claims, claims.aud, claims.scope, claims.delegation_chain]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
    expect(Object.isFrozen(record)).toBe(true);
    expect(Object.isFrozen(record?.scope)).toBe(true);
    (value['scope'] as string[]).push('admin:all:*');
    (value['aud'] as string[]).push('billing');
    expect(claims.scope).toEqual(['read:data:*']);
    expect(claims.aud).toEqual(['orders']);
    // The empty lists are shared, so a writable one would leak from token to token.
    const bare = readClaims({ ...payload(), scope: null });
    for (const part of [bare.aud, bare.scope, bare.delegation_chain]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });
});

describe('readDelegationRecord', () => {
  test('reads a record and keeps its time as text', () => {
    expect(readDelegationRecord(RECORD, 'record')).toEqual(RECORD);
    const precise = { ...RECORD, delegated_at: '2026-02-15T12:00:00.000000001Z' };
    expect(readDelegationRecord(precise, 'record')).toEqual(precise);
  });

  test('reads a record without scope and without signature', () => {
    const { agent, delegated_at } = RECORD;
    expect(readDelegationRecord({ agent, delegated_at }, 'record')).toEqual({
      agent,
      delegated_at,
      scope: [],
    });
  });

  test.each(RECORD_MEMBERS)(
    'names $name and its place in the chain and never shows the value',
    ({ name, takes }) => {
      fc.assert(
        fc.property(anythingBut(takes), (value) => {
          const chain = [RECORD, { ...RECORD, [name]: value }];
          const error = wireError(() => readClaims({ ...full(), delegation_chain: chain }));
          expect(error.path.startsWith(`claims.delegation_chain[1].${name}`)).toBe(true);
          expect(error.message).not.toMatch(/SECRET|7431977/);
        }),
      );
    },
  );

  test('refuses an empty agent and a time that is none', () => {
    const refused = (member: object) =>
      wireError(() => readDelegationRecord({ ...RECORD, ...member }, 'record')).path;
    expect(refused({ agent: '' })).toBe('record.agent');
    expect(refused({ delegated_at: 'yesterday' })).toBe('record.delegated_at');
  });
});
