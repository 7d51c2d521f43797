// The benchmark itself, as far as it can be tested in seconds and without the packages that it compares with: that it
// measures what it says, refuses to measure what does not do its job, and says so when it is asked for nonsense.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertCorrect, isAsWanted } from './bench/src/correctness.js';
import { Histogram } from './bench/src/histogram.js';
import { readOptions } from './bench/src/options.js';
import { EVERYTHING, type Extent, QUICK } from './bench/src/plan.js';
import { drawChart } from './bench/src/report/chart.js';
import { printReport } from './bench/src/report/print.js';
import { runBench } from './bench/src/run.js';
import { runSlice } from './bench/src/slice.js';
import { median, spread } from './bench/src/spread.js';
import { VARIANTS } from './bench/src/variants.js';
import { createWorld, type World } from './bench/src/world.js';

const A_MOMENT: Extent = {
  ...QUICK,
  warm: {
    warmUpMs: 20,
    sliceMs: 30,
    turns: { one: 2, many: 2 },
    renewing: { sliceMs: 30, turns: 2 },
  },
  microSamples: 2,
};

const two = VARIANTS.filter(({ name }) => name === 'noop' || name === 'ours');

function variant(name: string): (typeof VARIANTS)[number] {
  const found = VARIANTS.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no variant ${name}`);
  return found;
}

describe('a run', () => {
  it('has a row of plausible figures for each variant, in a report that becomes table and chart', {
    timeout: 60_000,
  }, async () => {
    const plan = {
      ...EVERYTHING,
      scenarios: ['warm1', 'warm1000'] as const,
      frameworks: ['fastify'] as const,
      variants: two,
      rounds: 1,
      extent: A_MOMENT,
    };
    const report = await runBench(plan, () => undefined);
    expect(report.warm.map(({ scenario, variant: name }) => `${scenario} ${name}`)).toEqual([
      'warm1 noop',
      'warm1 ours',
      'warm1000 noop',
      'warm1000 ours',
    ]);
    for (const row of report.warm) {
      expect(row.requests).toBeGreaterThan(0);
      expect(row.cpuMicros.rounds).toHaveLength(1);
      expect(row.cpuMicros.min).toBeGreaterThan(0);
      expect(row.p99.median).toBeGreaterThanOrEqual(row.p50.median);
      // Warm: none asks the broker about each request.
      expect(row.brokerCallsPerRequest.max).toBeLessThan(1);
      if (row.variant === 'ours') expect(row.waits).toBeGreaterThanOrEqual(0);
      else expect(row.waits).toBeUndefined();
      expect(row.toNoop.median).toBeGreaterThan(0);
      if (row.variant === 'noop') expect(row.toNoop.rounds).toEqual([1]);
    }
    expect(report.settings.tokenBytes).toBeGreaterThan(500);
    expect(report.machine.versions['fastify']).toMatch(/^\d+\./);
    expect(printReport(report)).toContain('fastify    ours');
    expect(drawChart(report)).toMatch(/^<svg [\s\S]*AgentWrit[\s\S]*<\/svg>\n$/);
  });
});

describe('what is measured', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const guards = VARIANTS.filter(({ isPeer }) => !isPeer).flatMap((own) =>
    own.frameworks.map((framework) => ({ name: own.name, framework })),
  );
  it.each(guards)('gives every answer right: $name on $framework', async ({ name, framework }) => {
    const server = await world.startServer(framework, variant(name));
    await assertCorrect(world, server);
    await server.stop();
  });

  it.each([
    { answer: '200 mine', wanted: '200 mine', isRight: true },
    { answer: '200 yours', wanted: '200 mine', isRight: false },
    { answer: '200 mine', wanted: '401 ', isRight: false },
    { answer: '401 ', wanted: '200 mine', isRight: false },
    { answer: '401 in its own words', wanted: '401 ', isRight: true },
    { answer: '403 ', wanted: '401 ', isRight: false },
  ])('"$answer" for "$wanted" is right: $isRight', ({ answer, wanted, isRight }) => {
    const exchange = (text: string): { readonly status: number; readonly body: string } => ({
      status: Number(text.slice(0, 3)),
      body: text.slice(4),
    });
    expect(isAsWanted(exchange(answer), exchange(wanted))).toBe(isRight);
  });

  it('is found out when it lets everybody in', async () => {
    const open = await world.startServer('fastify', variant('noop'));
    const posing = { ...open, variant: { ...open.variant, isGuard: true } };
    await expect(assertCorrect(world, posing)).rejects.toThrow(
      /noop on fastify answers a good token/,
    );
    await open.stop();
  });

  it('ends the run when it answers anything but 200', async () => {
    const server = await world.startServer('fastify', variant('ours'));
    await world.load.call('keep', { name: 'wrong', tokens: [null] });
    await expect(runSlice(world, server, { tokens: 'wrong', ms: 10 })).rejects.toThrow(
      /ours on fastify answered with \{"401":\d+\}/,
    );
    await server.stop();
  });
});

describe('the words on the command line', () => {
  it('choose of each kind what they name, and always what the rest is measured against', () => {
    const { plan, write } = readOptions(['--only', 'warm1,hono,ours', '--rounds', '7', '--write']);
    expect(plan.scenarios).toEqual(['warm1']);
    expect(plan.frameworks).toEqual(['hono']);
    expect(plan.variants.map(({ name }) => name)).toEqual(['noop', 'ours']);
    expect(plan.rounds).toBe(7);
    expect(write).toBe(true);
  });

  it('choose everything when they name nothing', () => {
    expect(readOptions([])).toEqual({ plan: EVERYTHING, write: false, help: false });
  });

  it.each([
    { args: ['--only', 'warm2'], says: '"--only" does not know "warm2"' },
    { args: ['--rounds', '0'], says: '"--rounds" must be a whole number' },
    { args: ['--fast'], says: '--fast' },
  ])('$args are refused', ({ args, says }) => {
    expect(() => readOptions(args)).toThrow(says);
  });
});

describe('figures', () => {
  it('quantiles are within a hundredth, also of histograms put together', () => {
    const one = new Histogram();
    const other = new Histogram();
    for (let ms = 1; ms <= 1000; ms += 1) (ms <= 300 ? one : other).record(ms);
    one.add(other.buckets());
    expect(Math.abs(one.quantile(0.5) / 500 - 1)).toBeLessThan(0.01);
    expect(Math.abs(one.quantile(0.99) / 990 - 1)).toBeLessThan(0.01);
    expect(new Histogram().quantile(0.5)).toBeNaN();
  });

  it('the median of an even number of rounds is between the two in the middle', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(spread([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3, rounds: [3, 1, 2] });
  });
});
