import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { subjectKind } from '../src/subject.js';

const AGENT = 'spiffe://agentwrit.local/agent/orch-1/task-1/0123456789abcdef';

describe('subjectKind', () => {
  test.each([
    { name: 'the administrator', sub: 'admin', kind: 'admin' },
    { name: 'an app', sub: 'app:app-orders-0a1b2c', kind: 'app' },
    { name: 'an agent', sub: AGENT, kind: 'agent' },
    { name: 'empty text', sub: '', kind: 'unknown' },
    { name: 'an app without an id', sub: 'app:', kind: 'unknown' },
    { name: 'another case', sub: 'Admin', kind: 'unknown' },
    { name: 'another spelling', sub: 'admin ', kind: 'unknown' },
    { name: 'a SPIFFE id of something else', sub: 'spiffe://example/web', kind: 'unknown' },
    { name: 'an agent id with a tail', sub: `${AGENT}/x`, kind: 'unknown' },
    { name: 'an agent id inside other text', sub: ` ${AGENT}`, kind: 'unknown' },
  ])('of $name is $kind', ({ sub, kind }) => {
    expect(subjectKind(sub)).toBe(kind);
  });

  test('of arbitrary text is unknown', () => {
    const other = fc.string().filter((sub) => sub !== 'admin' && !/^(?:app:|spiffe:)/.test(sub));
    fc.assert(
      fc.property(other, (sub) => {
        expect(subjectKind(sub)).toBe('unknown');
      }),
    );
  });
});
