import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { createDriftMeter, type DriftMeter, findingsOf } from '../../src/index.js';
import { agentOf, decided, registered, unknownCaller, wordOf } from './events.js';

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
      // Those that were refused have half of the room.
      routes: 1_000_000 - 500,
    });
    // A hundred, and what stands for a quarter as many, and for all others.
    expect(groups).toHaveLength(126);
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
    expect(folded).toMatchObject({ patterns: 0, scopes: 0, routes: 0, apps: 0 });
    expect(folded.identifiers).toBeGreaterThan(1000);
    expect(groups[0]?.scopes).toMatchObject([
      { scope: 'read:data:prices', isTemplate: false, finding: 'unused' },
      { scope: 'write:data:order-{id}', uses: 1000, finding: null },
    ]);
  });

  it('is shared out: one kind of many names does not take the place of the others', () => {
    const meter = createDriftMeter();
    for (let number = 0; number < 300; number += 1) {
      const name = `read:data:customer-${wordOf(number)}`;
      meter(decided({ granted: [name], needs: [name] }));
      meter(decided({ granted: ['read:data:prices'], needs: [`write:data:${wordOf(number)}`] }));
    }
    const granted = ['read:data:*', 'delete:data:*'];
    meter(decided({ granted, needs: ['admin:data:export'] }));
    meter(decided({ granted, needs: ['delete:data:draft'] }));
    const [group] = meter.report().groups;
    expect(group?.scopes.find(({ scope }) => scope === 'read:data:{…}')).toMatchObject({
      isTemplate: true,
      grantedIdentifiers: { isExact: false },
      uses: 251,
      finding: null,
    });
    expect(meter.unused().map(({ scope }) => scope)).toEqual(['read:data:*', 'read:data:prices']);
    expect(group?.scopes.find(({ scope }) => scope === 'delete:data:*')).toMatchObject({
      finding: 'wildcard',
    });
    expect(group?.suggestion).toMatchObject({ isComplete: false });
    expect(group?.suggestion.drops).not.toContain('read:data:{…}');
    const denied = meter.denied().map(({ scopes }) => scopes.join());
    expect(denied[0]).toBe('write:data:{…}');
    expect(denied).toContain('admin:data:export');
  });

  it('is shared out: no orchestrator takes the place of the others', () => {
    const meter = createDriftMeter();
    const granted = ['read:data:prices'];
    for (let number = 0; number < 300; number += 1) {
      const orchestrator = 'mallory';
      meter(decided({ orchestrator, task: wordOf(number), granted, needs: granted }));
      meter(decided({ orchestrator, task: `job-${wordOf(number)}`, granted, needs: granted }));
    }
    for (const orchestrator of ['order-worker', 'cleaner']) {
      meter(decided({ orchestrator, granted: [...granted, 'delete:data:*'], needs: granted }));
    }
    const { groups, folded } = meter.report();
    expect(meter.unused().map(({ orchestrator, scope }) => [orchestrator, scope])).toEqual([
      ['cleaner', 'delete:data:*'],
      ['order-worker', 'delete:data:*'],
    ]);
    expect(groups.filter(({ taskPattern }) => taskPattern?.endsWith('*'))).toMatchObject([
      { orchestrator: 'cleaner' },
      { orchestrator: 'order-worker' },
      { orchestrator: 'mallory', taskPattern: '*', isOthers: false, allowed: 575 },
    ]);
    expect(folded.patterns).toBe(575);
  });

  it('is shared out: nor does a word that comes with many others', () => {
    const meter = createDriftMeter();
    const granted = ['read:data:prices'];
    for (let number = 0; number < 100; number += 1) {
      meter(decided({ task: `job-${wordOf(number)}`, granted, needs: granted }));
    }
    meter(decided({ task: 'report-daily', granted, needs: granted }));
    const { groups } = meter.report();
    expect(groups).toHaveLength(22);
    expect(groups.map(({ taskPattern }) => taskPattern)).toContain('report-daily');
    expect(groups.at(-1)).toMatchObject({
      orchestrator: 'order-worker',
      taskPattern: 'job-*',
      isOthers: false,
      allowed: 80,
    });
  });

  it('is shared out: nor does an app, whatever orchestrators its agents name', () => {
    const meter = createDriftMeter();
    for (let number = 0; number < 300; number += 1) {
      const word = wordOf(number);
      const event = registered(word, ['read:data:prices'], { app: 'app-mallory-1' });
      meter.readAuditEvent({ ...event, agent_id: agentOf(word, number), orch_id: word });
    }
    meter(decided({ granted: ['delete:data:*'], needs: [] }));
    const { groups } = meter.report();
    expect(groups.filter(({ app }) => app === null)).toHaveLength(1);
    expect(groups.at(-1)).toMatchObject({
      app: 'app-mallory-1',
      orchestrator: null,
      agents: { count: 250 },
    });
  });

  it('tells the shares of a kind right, though it keeps a few of many, in whatever order they come', () => {
    const tasks = Array.from({ length: 2000 }, (_, index) => index + 100);
    // The first hundred are unlike the rest.
    const eventOf = (number: number, isUsed: boolean) => {
      const own = `write:data:order-${number}`;
      const granted = [own, 'read:data:prices'];
      return decided({
        task: `process-ord-${number}`,
        granted,
        needs: [isUsed ? own : 'read:data:prices'],
      });
    };
    const reportOf = (isUsed: (number: number) => boolean, order: readonly number[]) => {
      const meter = createDriftMeter();
      for (const number of order) meter(eventOf(number, isUsed(number)));
      return meter.report();
    };
    const line = { scope: 'write:data:order-{id}', grantedIdentifiers: { count: 50 } };
    const late = reportOf((number) => number >= 200, tasks).groups[0]?.scopes[1];
    expect(late).toMatchObject({ ...line, finding: null });
    const early = reportOf((number) => number < 200, tasks).groups[0]?.scopes[1];
    expect(early).toMatchObject({ ...line, finding: 'partly_unused' });
    const third = (number: number) => number % 3 === 0;
    const [one, other] = [tasks, tasks.toReversed()].map((order) => reportOf(third, order).groups);
    expect(other?.[0]?.scopes).toEqual(one?.[0]?.scopes);
    expect(other?.[0]?.suggestion).toEqual(one?.[0]?.suggestion);
  });

  it('does not keep what texts were cut out of', () => {
    const meter = createDriftMeter();
    meter(decided({ granted: ['read:data:a'], needs: ['read:data:a'] }));
    const before = heapUsed();
    for (let number = 0; number < 300; number += 1) {
      // A line of a file, of which an id is a part.
      const line = JSON.stringify([number, 'x'.repeat(200_000)]);
      const task = `process-ord-${number}${line.slice(0, 600)}`;
      const [need, held] = [line.slice(1, 40), line.slice(41, 90)];
      const asked = { task, granted: [`read:data:${held}`], needs: [`write:data:${need}`] };
      const request = line.slice(2, 100);
      meter(decided({ ...asked, agent: line.slice(3, 90), route: request, requestId: request }));
    }
    // Sixty million characters.
    expect((heapUsed() - before) / 2 ** 20).toBeLessThan(8);
  });

  it('does not grow by routes beside those that are known, which are counted whatever comes', () => {
    const routes = [{ method: 'GET', path: '/customers/:id' }];
    const meter = createDriftMeter({ routes, maxRoutes: 1 });
    for (const route of ['/a', '/b', '/customers/:id']) {
      meter(decided({ granted: ['read:data:a'], needs: ['read:data:a'], route }));
    }
    const { folded, unreached, routes: used } = meter.report();
    expect({ folded: folded.routes, unreached }).toEqual({ folded: 1, unreached: [] });
    expect(used.map(({ path }) => path)).toEqual([null, '/a', '/customers/:id']);
  });

  it('leaves room for routes that let somebody in, whatever paths are asked for without a token', () => {
    const meter = createDriftMeter();
    for (let number = 0; number < 1000; number += 1) {
      meter(unknownCaller({ route: `/tenants/${number}/orders` }));
    }
    meter(decided({ granted: ['read:data:a'], needs: ['read:data:a'], route: '/prices' }));
    const { folded, routes } = meter.report();
    expect(folded.routes).toBe(750);
    expect(routes.find(({ path }) => path === '/prices')).toMatchObject({ allowed: 1 });
    expect(findingsOf(meter.report()).incomplete).toBe(1);
  });

  it('never says of a route that it was not reached because too many others were', () => {
    const routes = [
      { method: 'GET', path: '…/orders/:id' },
      { method: 'GET', path: '…/refunds/:id' },
      { method: 'DELETE', path: '…/orders/:id' },
    ];
    const meter = createDriftMeter({ routes });
    const asked = { granted: ['read:data:a'], needs: ['read:data:a'] };
    for (let number = 0; number < 600; number += 1) {
      meter(unknownCaller({ route: `/tenants/${number}/x` }));
      meter(decided({ ...asked, route: `/tenants/${number}/y` }));
    }
    meter(decided({ ...asked, route: '/tenants/acme/orders/:id' }));
    expect(meter.report().unreached).toEqual([
      { method: 'DELETE', path: '…/orders/:id', refused: 0 },
      { method: 'GET', path: '…/refunds/:id', refused: 0 },
    ]);
    const used = meter.report().routes;
    expect(used.find(({ path }) => path === '…/orders/:id')).toMatchObject({ allowed: 1 });
  });
});
