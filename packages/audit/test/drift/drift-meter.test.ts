import { describe, expect, it } from 'vitest';
import { createDriftMeter, type DriftMeter } from '../../src/index.js';
import { agentOf, type Asked, decided, START, unknownCaller, wordOf } from './events.js';

const CUSTOMER = 'read:data:customer-cust-7291';
const OTHER_CUSTOMER = 'read:data:customer-cust-1004';
const ORDER = 'write:data:order-ord-4823';
const ALL_CUSTOMERS = 'read:data:*';

const GROUP = { app: null, orchestrator: 'order-worker', taskPattern: 'process-ord-*' };
const ONE = { count: 1, isExact: true };
const NONE = { count: 0, isExact: true };

function meterOf(...requests: readonly Asked[]): DriftMeter {
  const meter = createDriftMeter();
  for (const request of requests) meter(decided(request));
  return meter;
}

function onlyGroup(meter: DriftMeter) {
  const { groups } = meter.report();
  expect(groups).toHaveLength(1);
  const [group] = groups;
  if (group === undefined) throw new Error('there is no group');
  return group;
}

describe('a drift meter', () => {
  it('knows nothing at first', () => {
    const meter = createDriftMeter();
    expect(meter.unused()).toEqual([]);
    expect(meter.denied()).toEqual([]);
    expect(meter.report()).toEqual({
      version: 1,
      isComplete: true,
      folded: { patterns: 0, scopes: 0, identifiers: 0, routes: 0, apps: 0 },
      first: null,
      last: null,
      decisions: { allowed: 0, anonymous: 0, refused: 0 },
      grants: 0,
      unreadGrants: 0,
      lostDecisions: 0,
      refusals: [],
      groups: [],
      routes: [],
      hasRouteList: false,
      unreached: [],
    });
  });

  it('tells all of one agent, in a shape that programs rely on', () => {
    const meter = createDriftMeter({ routes: [{ method: 'delete', path: '/customers/:id' }] });
    const granted = [CUSTOMER, ALL_CUSTOMERS, ORDER];
    meter(decided({ granted, needs: [CUSTOMER], at: 0 }));
    meter(decided({ granted, needs: [OTHER_CUSTOMER], at: 120_000 }));
    meter(
      decided({
        granted,
        needs: ['delete:data:customer-cust-7291', CUSTOMER],
        at: 60_000,
        method: 'DELETE',
        requestId: 'req-denied',
      }),
    );
    meter(unknownCaller({ time: START + 1 }));
    const report = meter.report();
    expect(report).toEqual({
      version: 1,
      isComplete: true,
      folded: { patterns: 0, scopes: 0, identifiers: 0, routes: 0, apps: 0 },
      first: START,
      last: START + 120_000,
      decisions: { allowed: 2, anonymous: 0, refused: 2 },
      grants: 0,
      unreadGrants: 0,
      lostDecisions: 0,
      refusals: [
        { reason: 'missing_token', count: 1, first: START + 1, last: START + 1 },
        { reason: 'insufficient_scope', count: 1, first: START + 60_000, last: START + 60_000 },
      ],
      groups: [
        {
          ...GROUP,
          isOthers: false,
          isComplete: true,
          tasks: ONE,
          taskExamples: ['process-ord-4823'],
          agents: ONE,
          idleAgents: 0,
          allowed: 2,
          refused: 1,
          first: START,
          last: START + 120_000,
          refusals: [
            { reason: 'insufficient_scope', count: 1, first: START + 60_000, last: START + 60_000 },
          ],
          scopes: [
            {
              scope: ALL_CUSTOMERS,
              isTemplate: false,
              uses: 1,
              first: START + 120_000,
              last: START + 120_000,
              grantedIdentifiers: ONE,
              usedIdentifiers: ONE,
              covered: [OTHER_CUSTOMER],
              coveredIdentifiers: ONE,
              finding: 'wildcard',
            },
            {
              scope: CUSTOMER,
              isTemplate: false,
              uses: 1,
              first: START,
              last: START,
              grantedIdentifiers: ONE,
              usedIdentifiers: ONE,
              covered: [],
              coveredIdentifiers: NONE,
              finding: null,
            },
            {
              scope: ORDER,
              isTemplate: false,
              uses: 0,
              first: null,
              last: null,
              grantedIdentifiers: ONE,
              usedIdentifiers: NONE,
              covered: [],
              coveredIdentifiers: NONE,
              finding: 'unused',
            },
          ],
          denied: [
            {
              scopes: ['delete:data:customer-cust-7291'],
              isTemplate: false,
              identifiers: ONE,
              count: 1,
              delegated: 0,
              first: START + 60_000,
              last: START + 60_000,
              agents: ONE,
              routes: ['DELETE /customers/:id'],
              lastRequestId: 'req-denied',
              timeline: { from: START + 60_000, stepMs: 60_000, counts: [1] },
            },
          ],
          suggestion: {
            scopes: [OTHER_CUSTOMER, CUSTOMER],
            perTask: null,
            drops: [ALL_CUSTOMERS, ORDER],
            isNarrower: true,
            isComplete: true,
            isPerTaskComplete: true,
          },
        },
      ],
      routes: [
        {
          method: 'GET',
          path: '/customers/:id',
          allowed: 2,
          refused: 1,
          first: START,
          last: START + 120_000,
        },
        {
          method: 'DELETE',
          path: '/customers/:id',
          allowed: 0,
          refused: 1,
          first: START + 60_000,
          last: START + 60_000,
        },
      ],
      hasRouteList: true,
      unreached: [{ method: 'DELETE', path: '/customers/:id', refused: 1 }],
    });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(meter.unused()).toEqual([{ ...GROUP, scope: ORDER, identifiers: ONE }]);
    expect(meter.denied()).toEqual([{ ...GROUP, ...report.groups[0]?.denied[0] }]);
  });

  it('has nothing to say when all is used as it was granted', () => {
    const meter = meterOf({ granted: [CUSTOMER, ORDER], needs: [CUSTOMER, ORDER] });
    expect(meter.unused()).toEqual([]);
    expect(meter.denied()).toEqual([]);
    expect(onlyGroup(meter).suggestion).toMatchObject({ isNarrower: false, drops: [] });
  });

  it('forgets all when it is reset', () => {
    const meter = meterOf({ granted: [CUSTOMER], needs: [ORDER] });
    meter.reset();
    expect(meter.report()).toEqual(createDriftMeter().report());
  });

  it('counts who is let in without credentials, and as nobody of any group', () => {
    const meter = createDriftMeter();
    const { reason: _, ...caller } = unknownCaller();
    meter({ ...caller, outcome: 'anonymous' });
    const { decisions, groups, unreached } = meter.report();
    expect({ decisions, groups, unreached }).toEqual({
      decisions: { allowed: 0, anonymous: 1, refused: 0 },
      groups: [],
      unreached: [],
    });
  });
});

describe('what was used', () => {
  it('is what covered a request, not what only looks like it', () => {
    const meter = meterOf({ granted: [CUSTOMER, OTHER_CUSTOMER], needs: [CUSTOMER] });
    expect(meter.unused().map(({ scope }) => scope)).toEqual([OTHER_CUSTOMER]);
  });

  it('is nothing of a request that was refused', () => {
    const meter = meterOf({ granted: [CUSTOMER], needs: [CUSTOMER, ORDER] });
    expect(meter.unused().map(({ scope }) => scope)).toEqual([CUSTOMER]);
  });

  it('is not what an event claims that its token did not hold', () => {
    const meter = createDriftMeter();
    const usedScope = [{ required: ORDER, held: 'write:notes:*' }];
    meter({ ...decided({ granted: [CUSTOMER], needs: [] }), usedScope });
    expect(onlyGroup(meter).suggestion.scopes).toEqual([]);
  });

  it('is the wildcard where a route asks for just that', () => {
    const meter = meterOf({ granted: [ALL_CUSTOMERS], needs: [ALL_CUSTOMERS] });
    expect(onlyGroup(meter).scopes[0]).toMatchObject({ finding: null, covered: [] });
    expect(onlyGroup(meter).suggestion).toMatchObject({
      scopes: [ALL_CUSTOMERS],
      isNarrower: false,
    });
  });

  it('needs nothing beside a wildcard that is needed as it is', () => {
    const granted = [ALL_CUSTOMERS];
    const meter = meterOf({ granted, needs: [ALL_CUSTOMERS] }, { granted, needs: [CUSTOMER] });
    expect(onlyGroup(meter).suggestion.scopes).toEqual([ALL_CUSTOMERS]);
  });

  it('through a wildcard, and is of too many kinds to be told apart, needs the wildcard', () => {
    const meter = createDriftMeter({ maxScopes: 8 });
    for (const name of ['a', 'b', 'c']) {
      meter(decided({ granted: [ALL_CUSTOMERS], needs: [`read:data:${name}`] }));
    }
    const { scopes, suggestion } = onlyGroup(meter);
    expect(suggestion).toMatchObject({ scopes: [ALL_CUSTOMERS], isComplete: true });
    expect(scopes).toMatchObject([{ uses: 3, finding: null, coveredIdentifiers: { count: 2 } }]);
  });

  it.each([
    { identifiers: 20, finding: 'wildcard', isNarrower: true },
    { identifiers: 21, finding: null, isNarrower: false },
  ])('through a wildcard had better be $identifiers scopes or fewer', (expected) => {
    const names = Array.from({ length: expected.identifiers }, (_, index) => `customer-${index}`);
    const meter = meterOf(
      ...names.map((name) => ({ granted: [ALL_CUSTOMERS], needs: [`read:data:${name}`] })),
    );
    const { scopes, suggestion } = onlyGroup(meter);
    expect(scopes[0]).toMatchObject({
      finding: expected.finding,
      coveredIdentifiers: { count: expected.identifiers, isExact: true },
    });
    expect(suggestion.isNarrower).toBe(expected.isNarrower);
    expect(suggestion.scopes).toHaveLength(expected.isNarrower ? 20 : 1);
  });
});

describe('a scope that is used as it was granted', () => {
  it('stays, though there were too many others to tell apart what was needed', () => {
    const granted = [ALL_CUSTOMERS, 'write:data:prices'];
    const meter = meterOf(
      ...Array.from({ length: 200 }, (_, index) => ({
        granted,
        needs: [`read:${wordOf(index)}:${wordOf(index)}`],
      })).map((asked) => ({ ...asked, granted: [...granted, ...asked.needs] })),
      { granted, needs: ['write:data:prices'] },
    );
    const { suggestion, scopes } = onlyGroup(meter);
    expect(scopes.find(({ scope }) => scope === 'write:data:prices')).toMatchObject({ uses: 1 });
    expect(suggestion.drops).toEqual([ALL_CUSTOMERS]);
    expect(suggestion.scopes).toContain('write:data:prices');
  });

  it('stays beside a wildcard that is needed for other things', () => {
    const granted = [ALL_CUSTOMERS, CUSTOMER];
    const meter = meterOf({ granted, needs: [CUSTOMER] }, { granted, needs: [ALL_CUSTOMERS] });
    expect(onlyGroup(meter).suggestion).toMatchObject({
      scopes: [ALL_CUSTOMERS, CUSTOMER],
      drops: [],
    });
  });
});

describe('many tasks', () => {
  const tasks = Array.from({ length: 300 }, (_, index) => index + 1000);

  it('with an order each are one line', () => {
    const meter = meterOf(
      ...tasks.map((number) => ({
        task: `process-ord-${number}`,
        granted: [`write:data:order-${number}`, 'read:data:prices'],
        needs: number % 10 > 0 ? ['read:data:prices'] : [`write:data:order-${number}`],
      })),
    );
    const { scopes, suggestion, tasks: counted } = onlyGroup(meter);
    expect(counted).toEqual({ count: 300, isExact: true });
    expect(scopes).toMatchObject([
      { scope: 'read:data:prices', isTemplate: false, finding: null },
      {
        scope: 'write:data:order-{id}',
        isTemplate: true,
        // More than it can tell apart.
        grantedIdentifiers: { count: 50, isExact: false },
        uses: 30,
        finding: 'partly_unused',
      },
    ]);
    expect(suggestion.perTask).toEqual(['read:data:prices', 'write:data:order-{id}']);
  });

  it('that read through a wildcard what is their own are told to ask for that', () => {
    const meter = meterOf(
      ...tasks.map((number) => ({
        task: `process-ord-${number}`,
        granted: [ALL_CUSTOMERS],
        needs: [`read:data:customer-${number}`],
      })),
    );
    const { scopes, suggestion } = onlyGroup(meter);
    expect(scopes).toMatchObject([
      {
        scope: ALL_CUSTOMERS,
        uses: 300,
        finding: 'wildcard',
        covered: ['read:data:customer-{id}'],
        coveredIdentifiers: { count: 50, isExact: false },
      },
    ]);
    expect(suggestion).toEqual({
      scopes: [ALL_CUSTOMERS],
      perTask: ['read:data:customer-{id}'],
      drops: [ALL_CUSTOMERS],
      isNarrower: true,
      isComplete: true,
      isPerTaskComplete: true,
    });
  });

  it('that share what they read are told of each', () => {
    const meter = meterOf(
      ...[1000, 1001, 1002].flatMap((number) =>
        [1, 2].map((id) => ({
          task: `process-ord-${number}`,
          granted: [ALL_CUSTOMERS],
          needs: [`read:data:customer-${id}`],
        })),
      ),
    );
    expect(onlyGroup(meter).suggestion).toMatchObject({
      scopes: ['read:data:customer-1', 'read:data:customer-2'],
      perTask: null,
    });
  });

  it('of which some have not used it yet still have a first and a last use', () => {
    const meter = meterOf(
      { task: 'process-ord-1', granted: ['write:data:order-1'], needs: ['write:data:order-1'] },
      { task: 'process-ord-2', granted: ['write:data:order-2'], needs: [] },
    );
    expect(onlyGroup(meter).scopes).toMatchObject([
      { scope: 'write:data:order-{id}', first: START, last: START, finding: null },
    ]);
  });

  it('are told apart by orchestrator', () => {
    const meter = meterOf(
      { granted: [CUSTOMER], needs: [CUSTOMER] },
      { granted: [ORDER], needs: [ORDER], orchestrator: 'refund-worker' },
    );
    expect(meter.report().groups.map(({ orchestrator }) => orchestrator)).toEqual([
      'order-worker',
      'refund-worker',
    ]);
  });
});

describe('what was granted', () => {
  it('is read again where its owner can change the list', () => {
    const granted = [CUSTOMER];
    const meter = meterOf({ granted, needs: [CUSTOMER] }, { granted, needs: [CUSTOMER] });
    granted.push(ORDER);
    meter(decided({ granted, needs: [CUSTOMER] }));
    expect(meter.unused().map(({ scope }) => scope)).toEqual([ORDER]);
  });

  it('is read again for each token, and for each task of an agent', () => {
    const first = Object.freeze([CUSTOMER]);
    const second = Object.freeze([CUSTOMER, ORDER]);
    const meter = createDriftMeter();
    for (const granted of [first, first, second, second]) {
      meter(decided({ granted, needs: [CUSTOMER] }));
    }
    expect(meter.unused().map(({ scope }) => scope)).toEqual([ORDER]);
    const agent = agentOf('process-ord-4823');
    for (const task of ['a', 'a', 'b', 'b']) {
      meter(decided({ granted: second, needs: [ORDER], task, agent }));
    }
    expect(meter.report().groups.map(({ taskPattern, allowed }) => [taskPattern, allowed])).toEqual(
      [
        ['a', 2],
        ['b', 2],
        ['process-ord-*', 4],
      ],
    );
    expect(meter.unused()).toHaveLength(3);
  });
});

describe('what was denied', () => {
  it('is what was not covered, not what was covered beside it', () => {
    const meter = meterOf({ granted: [CUSTOMER], needs: [CUSTOMER, ORDER] });
    expect(meter.denied().map(({ scopes }) => scopes)).toEqual([[ORDER]]);
  });

  it('is a choice where one of several would have done', () => {
    const meter = meterOf({ granted: [CUSTOMER], needs: [ORDER, OTHER_CUSTOMER], match: 'any' });
    expect(meter.denied().map(({ scopes }) => scopes)).toEqual([[ORDER, OTHER_CUSTOMER]]);
  });

  it('is what was asked for, whatever characters a caller puts in', () => {
    const needs = ['read:data:customer-x\ndelete:data:*'];
    const meter = meterOf({ granted: ['read:data:prices'], needs });
    expect(meter.denied().map(({ scopes }) => scopes)).toEqual([needs]);
  });

  it('keeps the first and the last time, though the clock was set back', () => {
    const meter = meterOf(
      ...[60_000, 0, 90_000, 30_000].map((at) => ({
        granted: [CUSTOMER],
        needs: [ORDER],
        at,
        agent: agentOf('process-ord-4823', at),
        requestId: `req-${at}`,
      })),
    );
    expect(meter.denied()).toMatchObject([
      {
        count: 4,
        agents: { count: 4, isExact: true },
        first: START,
        last: START + 90_000,
        lastRequestId: 'req-90000',
        timeline: { counts: [2, 2] },
      },
    ]);
  });

  it('is not what was refused for another reason', () => {
    const meter = createDriftMeter();
    meter({ ...decided({ granted: [CUSTOMER], needs: [ORDER] }), reason: 'policy_denied' });
    expect(meter.denied()).toEqual([]);
    expect(onlyGroup(meter).refusals).toMatchObject([{ reason: 'policy_denied', count: 1 }]);
  });
});

describe('routes', () => {
  const ROUTES = [
    { method: 'GET', path: '/customers/:id', needs: [{}] },
    { method: 'ALL', path: '/files/*', needs: [{}] },
    { method: 'GET', path: '/health', needs: [] },
    { method: 'PUT', path: '/customers/:id' },
    { method: 'HEAD', path: '/customers/:id', needs: [{}] },
    { method: 'GET', path: '…/mounted/:id', needs: [{}] },
    { method: 'GET', path: '…/elsewhere', needs: [{}] },
    { method: 'HEAD', path: '/alone', needs: [{}] },
  ];

  it('that nobody reached are known from a list', () => {
    const meter = createDriftMeter({ routes: ROUTES });
    meter(decided({ granted: [CUSTOMER], needs: [CUSTOMER], method: 'HEAD' }));
    meter(decided({ granted: [CUSTOMER], needs: [ORDER], method: 'POST', route: '/files/*' }));
    meter(decided({ granted: [CUSTOMER], needs: [CUSTOMER], route: '/api/mounted/:id' }));
    meter(decided({ granted: [CUSTOMER], needs: [ORDER], route: '/api/elsewhere' }));
    expect(meter.report().unreached).toEqual([
      { method: 'HEAD', path: '/alone', refused: 0 },
      { method: 'PUT', path: '/customers/:id', refused: 0 },
      { method: 'ALL', path: '/files/*', refused: 1 },
      { method: 'GET', path: '…/elsewhere', refused: 1 },
    ]);
  });

  it('that are only ever refused are known without one', () => {
    const meter = meterOf(
      { granted: [CUSTOMER], needs: [CUSTOMER] },
      { granted: [CUSTOMER], needs: [ORDER], method: 'PUT', route: '/orders/:id' },
    );
    expect(meter.report().unreached).toEqual([{ method: 'PUT', path: '/orders/:id', refused: 1 }]);
  });
});

describe('options that are wrong', () => {
  it.each([
    [{ maxPatterns: 0 }, '"maxPatterns" must be a whole number from 1 to 100000, got 0'],
    [{ maxScopes: 1.5 }, '"maxScopes" must be'],
    [{ maxRoutes: Number.NaN }, '"maxRoutes" must be'],
    [{ maxIdentifiers: '3' }, '"maxIdentifiers" must be'],
    [{ routes: {} }, '"routes" must be an array'],
    [{ routes: [{ method: 'GET' }] }, '"routes[0].path" must be'],
    [{ routes: [{ method: 'GET', path: '/', needs: 1 }] }, '"routes[0].needs" must be'],
    [{ routes: [null] }, '"routes[0]" must be'],
    [{ maxTasks: 1 }, 'unknown option "maxTasks"'],
  ])('are named: %j', (options, message) => {
    const make = (): unknown => Reflect.apply(createDriftMeter, undefined, [options]);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });
});
