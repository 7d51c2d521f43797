import { Counter, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { requestWith, tokenOf } from '../../../core/test/fixtures.js';
import { setScene } from '../../../core/test/guard-scene.js';
import { createPrometheusSink, type PrometheusSinkOptions } from '../../src/prometheus/index.js';
import { allowed, refused } from '../decision.js';

/** The lines of a scrape that belong to this name. */
async function linesOf(registry: Registry, name: string): Promise<string[]> {
  const text = await registry.metrics();
  return text.split('\n').filter((line) => line.startsWith(name));
}

describe('a Prometheus sink', () => {
  it('counts decisions of a guard by outcome, reason, method, route and source', async () => {
    const registry = new Registry();
    const { guard } = setScene({ onDecision: createPrometheusSink({ registry }) });
    const check = guard.requireScope('read:data:customer-cust-7291');
    await check(requestWith(tokenOf()));
    await check(requestWith(tokenOf()));
    await check(requestWith(undefined));
    expect(await linesOf(registry, 'agentwrit_decisions_total')).toEqual([
      'agentwrit_decisions_total{outcome="allow",reason="",method="GET",route="/data",source="broker"} 1',
      'agentwrit_decisions_total{outcome="allow",reason="",method="GET",route="/data",source="cache"} 1',
      'agentwrit_decisions_total{outcome="refuse",reason="missing_token",method="GET",route="/data",source=""} 1',
    ]);
  });

  it('measures in seconds how long a decision took, and how old its proof was', async () => {
    const registry = new Registry();
    createPrometheusSink({ registry })(
      allowed({ durationUs: 30, proof: { source: 'cache', ageMs: 1500 } }),
    );
    const duration = await linesOf(registry, 'agentwrit_decision_duration_seconds');
    const labels = 'outcome="allow",source="cache"';
    expect(duration).toContain(
      `agentwrit_decision_duration_seconds_bucket{le="0.000025",${labels}} 0`,
    );
    expect(duration).toContain(
      `agentwrit_decision_duration_seconds_bucket{le="0.00005",${labels}} 1`,
    );
    expect(duration).toContain(`agentwrit_decision_duration_seconds_sum{${labels}} 0.00003`);
    const ages = await linesOf(registry, 'agentwrit_proof_age_seconds');
    expect(ages).toContain('agentwrit_proof_age_seconds_bucket{le="1",source="cache"} 0');
    expect(ages).toContain('agentwrit_proof_age_seconds_bucket{le="2.5",source="cache"} 1');
    expect(ages).toContain('agentwrit_proof_age_seconds_sum{source="cache"} 1.5');
  });

  it('tells of no age where nobody vouched for anything', async () => {
    const registry = new Registry();
    createPrometheusSink({ registry })(refused());
    expect(await linesOf(registry, 'agentwrit_proof_age_seconds_count')).toEqual([]);
  });

  it('has a bounded number of series, whatever callers send', async () => {
    const registry = new Registry();
    const sink = createPrometheusSink({ registry, maxRoutes: 4 });
    for (let number = 0; number < 50; number += 1) {
      sink(
        refused({
          method: `M${number}`,
          route: `/made-up/${number}`,
          requestId: `req-${number}`,
          requiredScope: [`read:data:customer-${number}`],
          tokenId: `token-${number}`,
          agentId: `agent-${number}`,
          taskId: `task-${number}`,
        }),
      );
    }
    sink(allowed({ route: '/orders' }));
    const lines = await linesOf(registry, 'agentwrit_decisions_total');
    expect(lines.map((line) => /method="(\w+)",route="([^"]*)"/.exec(line)?.slice(1))).toEqual([
      ['_OTHER', '/made-up/0'],
      ['_OTHER', '/made-up/1'],
      ['_OTHER', '_other'],
      ['GET', '/orders'],
    ]);
  });

  it('leaves half of the routes to those who have a good token', async () => {
    const registry = new Registry();
    const sink = createPrometheusSink({ registry, maxRoutes: 4 });
    for (let number = 0; number < 50; number += 1) {
      sink(allowed({ outcome: 'anonymous', route: `/made-up/${number}` }));
    }
    sink(allowed({ route: '/orders' }));
    const lines = await linesOf(registry, 'agentwrit_decisions_total');
    expect(lines.at(-1)).toContain('route="/orders"');
  });

  it('writes a route with quotes and line breaks as one label', async () => {
    const registry = new Registry();
    createPrometheusSink({ registry })(allowed({ route: '/a"} 1\nforged_total 7\\' }));
    expect(await linesOf(registry, 'forged_total')).toEqual([]);
  });

  it('shares its metrics with other sinks of the registry', async () => {
    const registry = new Registry();
    for (const sink of [createPrometheusSink({ registry }), createPrometheusSink({ registry })]) {
      sink(allowed());
    }
    const [line] = await linesOf(registry, 'agentwrit_decisions_total');
    expect(line).toMatch(/ 2$/);
  });

  it('makes its metrics anew in a registry that was cleared', async () => {
    const registry = new Registry();
    createPrometheusSink({ registry })(allowed());
    registry.clear();
    createPrometheusSink({ registry })(allowed());
    const [line] = await linesOf(registry, 'agentwrit_decisions_total');
    expect(line).toMatch(/ 1$/);
  });

  it('names a metric of somebody else that has its name, and takes a prefix then', async () => {
    const registry = new Registry();
    const name = 'agentwrit_decisions_total';
    const theirs = new Counter({ name, help: 'Theirs.', registers: [registry] });
    expect(() => createPrometheusSink({ registry })).toThrow(
      /"registry" has a metric "agentwrit_decisions_total"/,
    );
    createPrometheusSink({ registry, prefix: 'orders_' })(allowed());
    theirs.inc(5);
    expect(await linesOf(registry, name)).toEqual([`${name} 5`]);
    expect(await linesOf(registry, 'orders_decisions_total')).toHaveLength(1);
  });

  it.each<{ name: string; options: object }>([
    { name: 'registry', options: { registry: undefined } },
    { name: 'registry', options: { registry: {} } },
    { name: 'prefix', options: { prefix: '' } },
    { name: 'prefix', options: { prefix: 'agent-writ-' } },
    { name: 'maxRoutes', options: { maxRoutes: -1 } },
    { name: 'routes', options: { routes: 5 } },
  ])('names the option "$name" when it is wrong', ({ name, options }) => {
    const wrong = { registry: new Registry(), ...options } as PrometheusSinkOptions;
    expect(() => createPrometheusSink(wrong)).toThrow(new RegExp(`"${name}"`));
  });
});
