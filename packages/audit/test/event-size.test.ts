import { describe, expect, it } from 'vitest';
import type { DecisionEvent } from '@agentwrit/protocol';
import { sizeOfEvent } from '../src/event-size.js';
import { allowed, refused } from './decision.js';

const LONG = 'x'.repeat(15_000);

const later: DecisionEvent & { readonly hint: string } = { ...refused(), hint: LONG };

describe('the size of a decision', () => {
  it.each<{ name: string; event: DecisionEvent }>([
    { name: 'a scope it needs', event: refused({ requiredScope: ['read:data:a', LONG] }) },
    { name: 'a scope it used', event: allowed({ usedScope: [{ required: LONG, held: 'a:b:*' }] }) },
    { name: 'a scope of the token', event: allowed({ grantedScope: [LONG] }) },
    { name: 'a route', event: refused({ route: LONG }) },
    { name: 'an address', event: refused({ clientAddress: LONG }) },
    { name: 'a key of a later version', event: later },
  ])('grows with $name', ({ event }) => {
    const size = sizeOfEvent(event);
    expect(size).toBeGreaterThan(LONG.length);
    expect(size).toBeLessThan(LONG.length + 2500);
  });

  it('is about that of its line', () => {
    for (const event of [allowed(), refused()]) {
      const { length } = JSON.stringify(event);
      expect(sizeOfEvent(event)).toBeGreaterThan(length / 2);
      expect(sizeOfEvent(event)).toBeLessThan(length * 3);
    }
  });

  it('counts each of many short texts, which take more than their characters', () => {
    const requiredScope = Array.from({ length: 1000 }, () => 'a:b:c');
    expect(sizeOfEvent(refused({ requiredScope }))).toBeGreaterThan(20_000);
  });
});
