import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { requestWith, tokenOf, turns } from '../../../core/test/fixtures.js';
import { setScene } from '../../../core/test/guard-scene.js';
import { createBatchSink } from '../../src/index.js';
import { watchGuard, type WatchGuardOptions, watchSink } from '../../src/prometheus/index.js';
import { allowed } from '../decision.js';

async function seriesOf(registry: Registry): Promise<string[]> {
  const text = await registry.metrics();
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('a guard that is watched', () => {
  it('is read at each scrape', async () => {
    const registry = new Registry();
    const { guard } = setScene();
    watchGuard({ registry, guard, name: 'orders' });
    expect(await seriesOf(registry)).toContain(
      'agentwrit_verdict_lookups_total{guard="orders",result="miss"} 0',
    );
    const check = guard.requireScope('read:data:customer-cust-7291');
    for (let count = 0; count < 3; count += 1) await check(requestWith(tokenOf()));
    const expected = [
      'agentwrit_verdict_lookups_total{guard="orders",result="hit"} 2',
      'agentwrit_verdict_lookups_total{guard="orders",result="miss"} 1',
      'agentwrit_verdict_lookups_total{guard="orders",result="join"} 0',
      'agentwrit_verdict_refreshes_total{guard="orders"} 0',
      'agentwrit_broker_calls_total{guard="orders"} 1',
      'agentwrit_broker_calls_running{guard="orders"} 0',
      'agentwrit_broker_calls_queued{guard="orders"} 0',
      'agentwrit_breaker_state{guard="orders",state="closed"} 1',
      'agentwrit_breaker_state{guard="orders",state="open"} 0',
      'agentwrit_feed_state{guard="orders",state="none"} 1',
      'agentwrit_feed_state{guard="orders",state="behind"} 0',
      'agentwrit_guard_entries{guard="orders",kind="verdicts"} 1',
    ];
    // Twice: what is read anew must not add up.
    for (const series of [await seriesOf(registry), await seriesOf(registry)]) {
      expect(series).toEqual(expect.arrayContaining(expected));
    }
  });

  it('tells of faults by their code, and of a breaker that has opened', async () => {
    const registry = new Registry();
    const { broker, guard } = setScene();
    watchGuard({ registry, guard });
    broker.answer = () => new Response('no', { status: 500 });
    const check = guard.requireScope('read:data:customer-cust-7291');
    for (let count = 0; count < 5; count += 1) await check(requestWith(tokenOf()));
    expect(await seriesOf(registry)).toEqual(
      expect.arrayContaining([
        'agentwrit_broker_faults_total{guard="default",fault="unexpected_status"} 5',
        'agentwrit_breaker_state{guard="default",state="open"} 1',
        'agentwrit_breaker_state{guard="default",state="closed"} 0',
      ]),
    );
  });

  it('stands beside others of the registry, under a name of its own, until it is not watched any more', async () => {
    const registry = new Registry();
    const end = watchGuard({ registry, guard: setScene().guard, name: 'orders' });
    watchGuard({ registry, guard: setScene().guard, name: 'billing' });
    const other = { registry, guard: setScene().guard, name: 'orders' };
    expect(() => watchGuard(other)).toThrow(/"name": another guard is watched as "orders"/);
    const calls = async (): Promise<string[]> =>
      (await seriesOf(registry)).filter((line) => line.startsWith('agentwrit_broker_calls_total'));
    expect(await calls()).toEqual([
      'agentwrit_broker_calls_total{guard="orders"} 0',
      'agentwrit_broker_calls_total{guard="billing"} 0',
    ]);
    end();
    expect(await calls()).toEqual(['agentwrit_broker_calls_total{guard="billing"} 0']);
    expect(() => watchGuard(other)).not.toThrow();
  });

  it.each<{ name: string; options: object }>([
    { name: 'guard.stats', options: { guard: {} } },
    { name: 'guard.stats', options: { guard: undefined } },
    { name: 'name', options: { name: '' } },
    { name: 'prefix', options: { prefix: '1st' } },
    { name: 'guards', options: { guards: [] } },
  ])('is refused where "$name" is wrong', ({ name, options }) => {
    const wrong = { registry: new Registry(), guard: setScene().guard, ...options };
    expect(() => watchGuard(wrong as WatchGuardOptions)).toThrow(new RegExp(`"${name}"`));
  });
});

describe('a sink that is watched', () => {
  it('tells of what it has recorded, lost and keeps', async () => {
    const registry = new Registry();
    const sink = createBatchSink({
      write: () => Promise.reject(new Error('no such table')),
      retries: 0,
      maxQueued: 2,
    });
    watchSink({ registry, sink, name: 'database' });
    for (let count = 0; count < 3; count += 1) void sink(allowed());
    expect(await seriesOf(registry)).toEqual([
      'agentwrit_sink_written_total{sink="database"} 0',
      'agentwrit_sink_dropped_total{sink="database"} 1',
      'agentwrit_sink_faults_total{sink="database"} 0',
      'agentwrit_sink_queued{sink="database"} 2',
    ]);
    await turns();
    expect(await seriesOf(registry)).toEqual([
      'agentwrit_sink_written_total{sink="database"} 0',
      'agentwrit_sink_dropped_total{sink="database"} 3',
      'agentwrit_sink_faults_total{sink="database"} 1',
      'agentwrit_sink_queued{sink="database"} 0',
    ]);
  });
});

describe('what is watched', () => {
  it('is forgotten with a registry that was cleared', async () => {
    const registry = new Registry();
    watchGuard({ registry, guard: setScene().guard });
    registry.clear();
    const { guard } = setScene();
    watchGuard({ registry, guard });
    await guard.authenticate()(requestWith(tokenOf()));
    expect(await seriesOf(registry)).toContain('agentwrit_broker_calls_total{guard="default"} 1');
  });

  it('keeps nothing else from being read when it cannot say its figures', async () => {
    const registry = new Registry();
    const broken = {
      stats: () => {
        throw new Error('closed');
      },
    };
    watchSink({ registry, sink: broken, name: 'broken' });
    watchSink({ registry, sink: createBatchSink({ write: () => undefined }), name: 'sound' });
    expect((await seriesOf(registry)).filter((line) => line.includes('written'))).toEqual([
      'agentwrit_sink_written_total{sink="sound"} 0',
    ]);
  });
});
