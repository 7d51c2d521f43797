import { scopeIsSubset } from '@agentwrit/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDriftMeter } from '../../src/index.js';
import { agentOf, type Asked, decided } from './events.js';

const scope = fc
  .tuple(
    fc.constantFrom('read', 'write'),
    fc.constantFrom('data', 'notes'),
    fc.oneof(
      fc.constant('*'),
      fc.integer({ min: 1, max: 40 }).map((id) => `order-${id}`),
    ),
  )
  .map((parts) => parts.join(':'));

const request: fc.Arbitrary<Asked> = fc
  .record({
    number: fc.integer({ min: 100, max: 110 }),
    granted: fc.array(scope, { maxLength: 4 }),
    wanted: fc.array(scope, { minLength: 1, maxLength: 2 }),
    // Mostly what is held, or nothing would ever be used.
    own: fc.boolean(),
    isAny: fc.boolean(),
    // Few, so that some come at the same time.
    at: fc.constantFrom(0, 1, 60_000, 90_000, 1e9),
    requestId: fc.integer({ min: 0, max: 9 }).map((id) => `req-${id}`),
  })
  .map(({ number, granted, wanted, own, isAny, at, requestId }) => ({
    task: `process-ord-${number}`,
    agent: agentOf(`process-ord-${number}`, number),
    granted,
    needs: own && granted.length > 0 ? granted.slice(0, 2) : wanted,
    ...(isAny && { match: 'any' as const }),
    at,
    requestId,
  }));

describe('whatever is asked for', () => {
  it('the suggestion allows all that was used, and nothing that was not granted', () => {
    fc.assert(
      fc.property(
        fc.array(request, { maxLength: 80 }),
        fc.integer({ min: 1, max: 6 }),
        (all, max) => {
          const meter = createDriftMeter({ maxIdentifiers: max });
          const events = all.map(decided);
          for (const event of events) meter(event);
          const used = events.flatMap(({ usedScope = [] }) =>
            usedScope.map(({ required }) => required),
          );
          const granted = events.flatMap(({ grantedScope = [] }) => grantedScope);
          for (const { suggestion } of meter.report().groups) {
            expect(suggestion.isComplete).toBe(true);
            expect(scopeIsSubset(used, suggestion.scopes)).toBe(true);
            expect(scopeIsSubset(suggestion.scopes, granted)).toBe(true);
            expect(suggestion.isNarrower || scopeIsSubset(granted, suggestion.scopes)).toBe(true);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('a suggestion that does not allow all says so, where not all could be told apart', () => {
    fc.assert(
      fc.property(
        fc.array(request, { maxLength: 80 }),
        fc.integer({ min: 1, max: 5 }),
        (all, max) => {
          const meter = createDriftMeter({ maxScopes: max, maxIdentifiers: 2 });
          const events = all.map(decided);
          for (const event of events) meter(event);
          const used = events.flatMap(({ usedScope = [] }) =>
            usedScope.map(({ required }) => required),
          );
          const granted = events.flatMap(({ grantedScope = [] }) => grantedScope);
          for (const { suggestion } of meter.report().groups) {
            expect(scopeIsSubset(used, suggestion.scopes) || !suggestion.isComplete).toBe(true);
            expect(scopeIsSubset(suggestion.scopes, granted)).toBe(true);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('the report does not depend on the order', () => {
    const orders = fc
      .array(request, { maxLength: 40 })
      .chain((all) =>
        fc.tuple(
          fc.constant(all),
          fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
        ),
      );
    fc.assert(
      fc.property(orders, ([one, other]) => {
        const [first, second] = [one, other].map((requests) => {
          const meter = createDriftMeter();
          for (const asked of requests) meter(decided(asked));
          return meter.report();
        });
        expect(second).toEqual(first);
      }),
      { numRuns: 300 },
    );
  });

  it('counts every request once', () => {
    fc.assert(
      fc.property(fc.array(request, { maxLength: 60 }), (all) => {
        const meter = createDriftMeter({ maxScopes: 3, maxRoutes: 1, maxPatterns: 1 });
        for (const asked of all) meter(decided(asked));
        const { decisions, groups, routes } = meter.report();
        expect(decisions.allowed + decisions.refused).toBe(all.length);
        const inGroups = groups.reduce((sum, { allowed, refused }) => sum + allowed + refused, 0);
        const atRoutes = routes.reduce((sum, { allowed, refused }) => sum + allowed + refused, 0);
        expect([inGroups, atRoutes]).toEqual([all.length, all.length]);
      }),
    );
  });
});
