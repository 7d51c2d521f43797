import { createHash } from 'node:crypto';
import { type Claims, chainHashInput, readClaims } from '@agentwrit/protocol';
import { describe, expect, it } from 'vitest';
import { describeDelegation } from '../../src/command/inspection/delegation.js';
import { describeLifetime } from '../../src/command/inspection/lifetime.js';
import { describeScopes } from '../../src/command/inspection/scopes.js';
import { CLAIMS } from './forged-token.js';

const ROOT = 'spiffe://agentwrit.local/agent/orch-1/task-1/000000000000000a';
const MIDDLE = 'spiffe://agentwrit.local/agent/orch-1/task-2/000000000000000b';
const HOLDER = 'spiffe://agentwrit.local/agent/orch-1/task-3/000000000000000c';

function claimsOf(parts: object): Claims {
  return readClaims({ ...CLAIMS, ...parts });
}

describe('the times of a token', () => {
  const at = (now: number, parts: object = {}): readonly string[] =>
    describeLifetime(claimsOf(parts), now * 1000).lines;

  it.each([
    { name: 'left', now: CLAIMS.exp - 299, says: 'expires  2026-02-15T12:01:40Z  in 4 min 59 s' },
    { name: 'the last second', now: CLAIMS.exp, says: 'expires  2026-02-15T12:01:40Z  now' },
    { name: 'over', now: CLAIMS.exp + 1, says: 'expired  2026-02-15T12:01:40Z  1 s ago' },
    {
      name: 'long over',
      now: CLAIMS.exp + 90_061,
      says: 'expired  2026-02-15T12:01:40Z  1 d 1 h ago',
    },
    { name: 'an even hour', now: CLAIMS.exp - 7200, says: 'expires  2026-02-15T12:01:40Z  in 2 h' },
    {
      name: 'an hour and seconds',
      now: CLAIMS.exp - 3605,
      says: 'expires  2026-02-15T12:01:40Z  in 1 h',
    },
  ])('say what is $name', ({ now, says }) => {
    expect(at(now)).toContain(`${says}, by the clock of this machine`);
  });

  it('say when it begins, if that is another time than its issue', () => {
    expect(at(CLAIMS.iat).some((line) => line.startsWith('not before'))).toBe(false);
    const lines = at(CLAIMS.iat, { nbf: CLAIMS.iat + 60 });
    expect(lines).toContain('not before  2026-02-15T11:57:40Z  in 1 min');
  });

  it('may be beyond any calendar', () => {
    expect(at(CLAIMS.iat, { exp: Number.MAX_SAFE_INTEGER }).join()).toContain(
      'beyond any calendar',
    );
    const { document } = describeLifetime(claimsOf({ exp: Number.MAX_SAFE_INTEGER }), 0);
    expect(document).toMatchObject({ is_expired: false, is_early: true });
    expect(JSON.parse(JSON.stringify(document))).not.toHaveProperty('expires_at');
  });

  it('are a document, too', () => {
    expect(describeLifetime(claimsOf({}), (CLAIMS.exp - 10) * 1000 + 999).document).toEqual({
      issued_at: '2026-02-15T11:56:40Z',
      not_before: '2026-02-15T11:56:40Z',
      expires_at: '2026-02-15T12:01:40Z',
      is_expired: false,
      is_early: false,
      seconds_left: 10,
    });
  });
});

describe('what a scope allows', () => {
  it.each([
    { scope: 'read:data:*', allows: 'any identifier' },
    { scope: 'read:data:customer-7', allows: 'only customer-7' },
    { scope: 'read:data:a:b', allows: 'only a:b' },
    { scope: 'read:data:cust-*', allows: 'only cust-*; its "*" is no pattern' },
    { scope: '*:data:*', allows: 'any identifier; "*" as action covers only itself' },
    { scope: 'read:*:7', allows: 'only 7; "*" as resource covers only itself' },
    { scope: 'read:data', allows: 'nothing: not action:resource:identifier' },
  ])('is said in words: $scope', ({ scope, allows }) => {
    const { document, lines } = describeScopes([scope]);
    expect(document).toMatchObject([{ scope, allows }]);
    expect(lines.at(-1)).toMatch(new RegExp(`  ${allows.replaceAll('*', String.raw`\*`)}$`));
  });

  it('may be nothing at all', () => {
    expect(describeScopes([]).lines).toEqual(['no scopes: it allows nothing']);
  });
});

describe('a delegation', () => {
  const chain = [
    { agent: ROOT, scope: ['read:data:*', 'write:data:7'], delegated_at: '2026-02-15T12:00:00Z' },
    {
      agent: MIDDLE,
      scope: ['read:data:*'],
      delegated_at: '2026-02-15T12:00:01.5Z',
      signature: 'ab'.repeat(64),
    },
  ];
  const hash = createHash('sha256').update(chainHashInput(chain)).digest('hex');
  const delegated = (parts: object = {}) =>
    describeDelegation(
      claimsOf({
        sub: HOLDER,
        scope: ['read:data:7'],
        delegation_chain: chain,
        chain_hash: hash,
        ...parts,
      }),
    );

  it('is a tree from the root to the holder, with what was dropped on the way', () => {
    expect(delegated().lines).toEqual([
      'delegated 2 times, from the root to the holder:',
      `${ROOT}  (root)`,
      '  holds  read:data:*, write:data:7',
      `└─ ${MIDDLE}`,
      '     handed on  2026-02-15T12:00:00Z',
      '     holds      read:data:*',
      '     dropped    write:data:7',
      `   └─ ${HOLDER}  (holder)`,
      '        handed on  2026-02-15T12:00:01.5Z',
      '        holds      read:data:7',
      '        narrowed   read:data:* to read:data:7',
      'chain hash  matches the chain, which shows that the two agree, not who wrote them',
    ]);
  });

  it('is a document, without the signatures of its records', () => {
    expect(delegated().document).toMatchObject({
      depth: 2,
      is_too_deep: false,
      hops: [
        { agent: ROOT, delegated_at: null, dropped: [], gained: [] },
        { agent: MIDDLE, dropped: [{ scope: 'write:data:7', narrowed_to: [] }] },
        { agent: HOLDER, dropped: [{ scope: 'read:data:*', narrowed_to: ['read:data:7'] }] },
      ],
      chain_hash: { claimed: hash, computed: hash, is_matching: true },
    });
    expect(JSON.stringify(delegated().document)).not.toContain('abab');
  });

  it.each([
    { name: 'is another', chain_hash: 'ab'.repeat(32), says: 'DIFFERS from that of the chain' },
    { name: 'is not there', chain_hash: undefined, says: 'MISSING' },
  ])('has a chain hash that $name, which is said', ({ chain_hash, says }) => {
    const { lines, document } = delegated({ chain_hash });
    expect(lines).toContain(`chain hash  ${says}`);
    expect(document).toMatchObject({ chain_hash: { is_matching: false, computed: hash } });
  });

  it('that a broker would not make is pointed out', () => {
    const { lines, document } = delegated({
      scope: ['read:data:7', 'write:logs:*'],
      delegation_chain: Array.from({ length: 6 }, () => chain[0]),
    });
    expect(lines.map((line) => line.trim())).toContain('GAINED     write:logs:*: not held above');
    expect(lines).toContain('TOO DEEP: a broker stops at 5');
    expect(document).toMatchObject({ is_too_deep: true });
  });

  it('keeps a malformed scope that was handed on, and does not call it lost or gained', () => {
    const { document } = delegated({
      scope: ['bad'],
      delegation_chain: [{ ...chain[0], scope: ['bad'] }],
    });
    expect(document).toMatchObject({ hops: [{}, { dropped: [], gained: [] }] });
  });

  it('is nothing for most tokens', () => {
    expect(describeDelegation(claimsOf({}))).toEqual({ document: null, lines: [] });
    expect(describeDelegation(claimsOf({ chain_hash: hash })).lines).toEqual([
      'chain hash  without a chain',
    ]);
  });
});
