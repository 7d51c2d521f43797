import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { createDriftMeter, type DriftMeter } from '../../src/index.js';
import { agentOf, decided, wordOf } from './events.js';

// Without it, what the heap holds is anybody's guess.
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapUsed(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

function feed(meter: DriftMeter, from: number, to: number): void {
  for (let number = from; number < to; number += 1) {
    const word = wordOf(number);
    const isAllowed = number % 2 === 0;
    meter(
      decided({
        task: word,
        agent: agentOf(word, number),
        orchestrator: `worker-${number % 50}`,
        granted: [`read:${word}:${word}`, `read:data:order-${number}`, `write:${word}:*`],
        needs: isAllowed ? [`write:${word}:${number}`] : [`delete:${word}:${number}`],
        route: `/${word}`,
        requestId: word,
      }),
    );
  }
}

describe('memory', () => {
  it('is bounded, whatever comes, and the report says what was too much', () => {
    const meter = createDriftMeter();
    feed(meter, 0, 200_000);
    const before = heapUsed();
    feed(meter, 200_000, 1_000_000);
    const grownMb = (heapUsed() - before) / 2 ** 20;
    // The other 800,000 with their texts would be hundreds.
    expect(grownMb).toBeLessThan(8);
    const { isComplete, folded, groups, routes, decisions } = meter.report();
    expect(isComplete).toBe(false);
    expect(folded).toMatchObject({
      patterns: expect.toSatisfy((count: number) => count > 900_000),
      scopes: expect.toSatisfy((count: number) => count > 900_000),
      identifiers: expect.toSatisfy((count: number) => count > 900_000),
      routes: 1_000_000 - 500,
    });
    expect(groups).toHaveLength(101);
    expect(routes).toHaveLength(501);
    expect(decisions).toMatchObject({ allowed: 500_000, refused: 500_000 });
    expect(groups.at(-1)).toMatchObject({
      isOthers: true,
      tasks: { count: 1000, isExact: false },
      agents: { count: 1000, isExact: false },
      suggestion: { isComplete: false },
    });
  }, 120_000);

  it('is not filled by long texts', () => {
    const meter = createDriftMeter();
    for (let number = 0; number < 500; number += 1) {
      const long = `${wordOf(number)}${'x'.repeat(10_000)}`;
      meter(
        decided({
          task: long,
          agent: long,
          orchestrator: long,
          granted: [`read:data:${long}`],
          needs: number % 2 === 0 ? [`read:data:${long}`] : [`write:data:${long}`],
          route: `/${long}`,
          method: long,
          requestId: long,
        }),
      );
    }
    expect(JSON.stringify(meter.report()).length).toBeLessThan(20_000);
  });

  it('is shared out: one kind of many identifiers does not take the place of the others', () => {
    const meter = createDriftMeter();
    for (let number = 0; number < 1000; number += 1) {
      meter(
        decided({
          task: `process-ord-${number}`,
          granted: [`write:data:order-${number}`],
          needs: [`write:data:order-${number}`],
        }),
      );
    }
    meter(decided({ task: 'process-ord-1', granted: ['read:data:prices'], needs: [] }));
    const { folded, groups } = meter.report();
    expect(folded).toEqual({ patterns: 0, scopes: 0, identifiers: 2850, routes: 0, apps: 0 });
    expect(groups[0]?.scopes).toMatchObject([
      { scope: 'read:data:prices', isTemplate: false, finding: 'unused' },
      { scope: 'write:data:order-{id}', uses: 1000, finding: null },
    ]);
  });

  it('does not grow by routes beside those that are known', () => {
    const routes = [{ method: 'GET', path: '/customers/:id' }];
    const meter = createDriftMeter({ routes, maxRoutes: 1 });
    for (const route of ['/a', '/b', '/customers/:id']) {
      meter(decided({ granted: ['read:data:a'], needs: ['read:data:a'], route }));
    }
    const { folded, unreached, routes: used } = meter.report();
    expect({ folded: folded.routes, unreached }).toEqual({ folded: 1, unreached: [] });
    expect(used.map(({ path }) => path)).toEqual([null, '/a', '/customers/:id']);
  });
});
