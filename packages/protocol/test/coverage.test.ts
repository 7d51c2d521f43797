import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileRequiredScope, HeldScopes, scopeCovers, scopeIsSubset } from '../src/coverage.js';
import { parseScope } from '../src/scope.js';

interface Vector {
  readonly required: readonly string[];
  readonly held: readonly string[];
  readonly covered: boolean;
}

const vectors = JSON.parse(
  readFileSync(new URL('../../../test/vectors/scope-coverage.json', import.meta.url), 'utf8'),
) as readonly Vector[];

/** The set question, asked of the compiled form the way a route asks it. */
function compiledIsSubset(required: readonly string[], held: readonly string[]): boolean {
  const scopes = new HeldScopes(held);
  return required.every((scope) => {
    const compiled = compileRequiredScope(scope);
    return compiled !== undefined && scopes.coversCompiled(compiled);
  });
}

/** Coverage as protocol §4.2 words it: parse both, compare parts. The slow answer to compare with. */
function coversByParts(held: string, required: string): boolean {
  const have = parseScope(held);
  const need = parseScope(required);
  return (
    have !== undefined &&
    need !== undefined &&
    have.action === need.action &&
    have.resource === need.resource &&
    (have.identifier === need.identifier || have.identifier === '*')
  );
}

describe('the shared vectors', () => {
  test('are there', () => {
    expect(vectors.length).toBeGreaterThan(50);
  });

  test.each(
    vectors.map((vector) => ({
      ...vector,
      name: `${JSON.stringify(vector.required)} of ${JSON.stringify(vector.held)}`,
    })),
  )('$name is covered: $covered', ({ required, held, covered }) => {
    expect(scopeIsSubset(required, held)).toBe(covered);
    expect(compiledIsSubset(required, held)).toBe(covered);
    const scopes = new HeldScopes(held);
    expect(required.every((scope) => scopes.covers(scope))).toBe(covered);
  });
});

// A small alphabet, so that equal parts, wildcards and malformed texts all come up often.
const part = fc.constantFrom('a', 'b', 'A', '*', '**', 'é', ' a');
const identifier = fc.oneof(part, fc.constantFrom('a:b', 'a:*', '*:a', ':', ':a'));
const scope = fc
  .tuple(part, part, identifier)
  .map(([action, resource, id]) => `${action}:${resource}:${id}`);
const malformed = fc.constantFrom('', '*', 'a', 'a:b', 'a:b:', 'a::b', ':a:b', '::', ':');
const anyText = fc.oneof(scope, malformed, fc.string({ maxLength: 8 }));
const anyTexts = fc.array(anyText, { maxLength: 6 });

describe('coverage', () => {
  test('is what the parts say', () => {
    fc.assert(
      fc.property(anyText, anyText, (held, required) => {
        expect(scopeCovers(held, required)).toBe(coversByParts(held, required));
      }),
      { numRuns: 2000 },
    );
  });

  test('is reflexive for well-formed scopes and for nothing else', () => {
    fc.assert(
      fc.property(scope, (text) => {
        expect(scopeCovers(text, text)).toBe(true);
      }),
    );
    fc.assert(
      fc.property(malformed, (text) => {
        expect(scopeCovers(text, text)).toBe(false);
      }),
    );
  });

  test('is transitive', () => {
    fc.assert(
      fc.property(anyTexts, anyTexts, anyTexts, (low, middle, high) => {
        // Arbitrary triples seldom chain, so each lower list is also cut down to what does.
        const mid = middle.filter((text) => scopeIsSubset([text], high));
        const bottom = low.filter((text) => scopeIsSubset([text], mid));
        expect(scopeIsSubset(bottom, high)).toBe(true);
      }),
    );
    fc.assert(
      fc.property(part, part, identifier, (action, resource, id) => {
        const [wide, narrow] = [`${action}:${resource}:*`, `${action}:${resource}:${id}`];
        expect(scopeCovers(wide, wide) && scopeCovers(wide, narrow)).toBe(true);
      }),
    );
  });

  test('is the same plain and compiled, on any text', () => {
    fc.assert(
      fc.property(anyTexts, anyTexts, (required, held) => {
        expect(compiledIsSubset(required, held)).toBe(scopeIsSubset(required, held));
      }),
      { numRuns: 2000 },
    );
  });

  test('never lets a wildcard cross an action or a resource', () => {
    fc.assert(
      fc.property(scope, scope, (held, required) => {
        const [have, need] = [parseScope(held), parseScope(required)];
        fc.pre(have?.action !== need?.action || have?.resource !== need?.resource);
        expect(scopeCovers(held, required)).toBe(false);
      }),
    );
  });

  test('is never lost when more is held', () => {
    fc.assert(
      fc.property(anyTexts, anyTexts, anyTexts, (required, held, more) => {
        fc.pre(scopeIsSubset(required, held));
        expect(scopeIsSubset(required, [...more, ...held])).toBe(true);
        expect(compiledIsSubset(required, [...held, ...more])).toBe(true);
      }),
    );
  });
});

describe('compileRequiredScope', () => {
  test('gives nothing for a malformed scope', () => {
    fc.assert(
      fc.property(malformed, (text) => {
        expect(compileRequiredScope(text)).toBeUndefined();
      }),
    );
  });

  test('keeps the text and widens the identifier', () => {
    expect(compileRequiredScope('read:data:a:b')).toEqual({
      scope: 'read:data:a:b',
      wide: 'read:data:*',
    });
  });
});

describe('HeldScopes', () => {
  test('keeps a frozen copy of what was granted, order and duplicates included', () => {
    const granted = ['b:b:b', 'a:a:a', 'b:b:b'];
    const held = new HeldScopes(granted);
    granted.push('admin:all:*');
    expect(held.scopes).toEqual(['b:b:b', 'a:a:a', 'b:b:b']);
    expect(Object.isFrozen(held.scopes)).toBe(true);
    expect(held.covers('admin:all:x')).toBe(false);
  });

  test('never covers a malformed requirement, even when the same text is held', () => {
    fc.assert(
      fc.property(malformed, (text) => {
        expect(new HeldScopes([text]).covers(text)).toBe(false);
      }),
    );
  });

  test('lists the identifiers held for an action on a resource', () => {
    const held = new HeldScopes(['read:data:a', 'read:data:b:c', 'write:data:d', 'read:data', '*']);
    expect(held.identifiers('read', 'data')).toEqual(new Set(['a', 'b:c']));
    expect(held.identifiers('read', 'logs')).toEqual(new Set());
    expect(new HeldScopes(['read:data:a', 'read:data:*']).identifiers('read', 'data')).toBe('*');
  });

  test('lists an identifier exactly when it covers it', () => {
    fc.assert(
      fc.property(anyTexts, part, part, identifier, (scopes, action, resource, id) => {
        const held = new HeldScopes(scopes);
        const identifiers = held.identifiers(action, resource);
        const listed = identifiers === '*' || identifiers.has(id);
        expect(listed).toBe(held.covers(`${action}:${resource}:${id}`));
      }),
      { numRuns: 2000 },
    );
  });
});
