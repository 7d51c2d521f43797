// Queries of the audit log in → its pages, whole, out (protocol §7.1–§7.4).

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { chained, type ChainedEvent, FIRST_PREV_HASH, type Event } from './audit-trail.js';
import { type BrokerUnderTest, startBroker } from './broker-under-test.js';
import { agent } from './parties.js';
import { goJson, json, problem } from './wire-text.js';

const LINE = 'GET /v1/audit/events';
const REFUSED = problem(401, 'unauthorized', 'missing authorization header');

// Five events, a quarter of a second apart.
const EVENTS: readonly Event[] = ['one', 'two', 'two', 'one', 'three'].map((target, index) => ({
  event_type: 'token_revoked',
  agent_id: target,
  detail: `revoked at level=${index === 0 ? 'task' : 'agent'} target=${target}`,
  outcome: 'success',
}));
const TIMES = ['00Z', '00.25Z', '00.5Z', '00.75Z', '01Z'].map((s) => `2026-02-15T12:00:${s}`);
const DENIED: Event = {
  event_type: 'token_auth_failed',
  detail: 'missing authorization header | path=/v1/revoke',
  resource: '/v1/revoke',
  outcome: 'denied',
};

async function withEvents(): Promise<BrokerUnderTest> {
  const broker = await startBroker();
  for (const [index, { agent_id }] of EVENTS.entries()) {
    const body = { level: index === 0 ? 'task' : 'agent', target: agent_id };
    await broker.call('POST /v1/revoke', { token: broker.operator, body });
    broker.advance(0.25);
  }
  await broker.call('POST /v1/revoke', {}, REFUSED);
  return broker;
}

const LOG: ChainedEvent[] = [];
for (const [index, event] of [...EVENTS, DENIED].entries()) {
  const time = TIMES[index] ?? '2026-02-15T12:00:01.25Z';
  LOG.push(chained(event, index + 1, time, LOG.at(-1)?.hash ?? FIRST_PREV_HASH));
}

describe('GET /v1/audit/events', () => {
  const all = [1, 2, 3, 4, 5, 6];
  it.each<[query: string, numbers: readonly number[], echo?: object]>([
    ['', all],
    ['?', all],
    ['?agent_id=two', [2, 3]],
    ['?agent_id=TWO', []],
    ['?agent_id=', all],
    ['?agent_id=one&agent_id=two', [1, 4]],
    ['?agent_id=one&event_type=token_revoked&outcome=success', [1, 4]],
    ['?event_type=token_auth_failed', [6]],
    ['?event_type=token_auth', []],
    ['?outcome=denied', [6]],
    ['?outcome=maybe', []],
    ['?task_id=task-1', []],
    ['?orch_id=none&level=x', all],
    ['?Agent_id=two', all],
    ['?agent%5Fid=tw%6F', [2, 3]],
    // Inclusive on both ends, in any zone; what is no time is ignored.
    ['?since=2026-02-15T12:00:00.5Z', [3, 4, 5, 6]],
    ['?since=2026-02-15T12:00:00.500000001Z', [4, 5, 6]],
    ['?until=2026-02-15T12:00:00.5Z', [1, 2, 3]],
    ['?until=2026-02-15T12:00:00.499999999Z', [1, 2]],
    ['?since=2026-02-15T12:00:00.25Z&until=2026-02-15T12:00:00.75Z', [2, 3, 4]],
    ['?since=2026-02-15T14:00:01%2B02:00', [5, 6]],
    ['?since=2026-02-15T10:30:01-01:30', [5, 6]],
    ['?since=2026-02-15T14:00:01+02:00', all],
    ['?since=2027-01-01&until=noon', all],
    ['?since=2026-02-15T12:00:01', all],
    ['?until=1771156800', all],
    ['?since=2026-02-15T12:00:01Z&until=2026-02-15T12:00:00Z', []],
    // The echo is what was asked for, the total what matches.
    ['?limit=2', [1, 2], { total: 6, limit: 2 }],
    ['?limit=2&offset=3', [4, 5], { total: 6, offset: 3, limit: 2 }],
    ['?agent_id=two&offset=1', [3], { total: 2, offset: 1 }],
    ['?offset=6', [], { total: 6, offset: 6 }],
    ['?offset=1000000', [], { total: 6, offset: 1_000_000 }],
    ['?offset=-3', all, { offset: -3 }],
    ['?offset=x', all],
    ['?offset=1.5&limit=2.5', all],
    ['?limit=0', all],
    ['?limit=-5', all],
    ['?limit=x', all],
    ['?limit=', all],
    ['?limit=5000', all, { limit: 5000 }],
    ['?limit=1&limit=2', [1], { total: 6, limit: 1 }],
  ])('%s', async (query, numbers, echo = {}) => {
    const broker = await withEvents();
    const events = numbers.map((number) => LOG[number - 1]);
    const body = { events, total: events.length, offset: 0, limit: 100, ...echo };
    await broker.call(`${LINE}${query}`, { token: broker.operator }, json(200, body));
  });

  it('gives the oldest 100 unless asked, and never more than 1000', async () => {
    const broker = await startBroker();
    for (let count = 0; count < 1002; count += 1)
      await broker.call('POST /v1/delegate', {}, REFUSED);
    const page = async (query: string) => {
      const { body } = await broker.call(`${LINE}${query}`, { token: broker.operator });
      const ids = [...body.matchAll(/"id":"(evt-\d+)"/g)].map(([, id]) => id);
      return { ids, echo: body.slice(body.lastIndexOf(']') + 1) };
    };
    const first = await page('');
    expect(first.echo).toBe(',"total":1002,"offset":0,"limit":100}\n');
    expect([first.ids.length, first.ids[0], first.ids.at(-1)]).toEqual([
      100,
      'evt-000001',
      'evt-000100',
    ]);
    const most = await page('?limit=1001&offset=1');
    expect(most.echo).toBe(',"total":1002,"offset":1,"limit":1001}\n');
    expect([most.ids.length, most.ids[0], most.ids.at(-1)]).toEqual([
      1000,
      'evt-000002',
      'evt-001001',
    ]);
  });
});

describe('the hash chain', () => {
  it('has the vectors of the protocol', () => {
    const outcome = 'success';
    const first: Event = {
      event_type: 'admin_auth',
      detail: 'admin authenticated as admin',
      outcome,
    };
    const one = chained(first, 1, '2026-02-15T12:00:00.5Z', FIRST_PREV_HASH);
    expect(one.hash).toBe('4d74e7047c6acf883392e1c5739a19904a1937f6413c76f14e4308e0d584e340');
    const [from, agent_id] = ['spiffe://d/agent/o/t/1', 'spiffe://d/agent/o/t/2'];
    const second: Event = {
      event_type: 'delegation_created',
      agent_id,
      task_id: 'task-1',
      orch_id: 'orch-1',
      detail: `delegation from ${from} to ${agent_id} scope=[read:data:x] depth=1`,
      outcome,
      deleg_depth: 1,
      deleg_chain_hash: 'ab'.repeat(32),
    };
    const two = chained(second, 2, '2026-02-15T12:00:01Z', one.hash);
    expect(two.hash).toBe('f68371ec17d9df6409fd2d2a5e64bc597a888edd3e94c19c62e079ba2ad04aff');
  });

  it('has no mismatch over a log of every kind of text', async () => {
    const broker = await startBroker();
    const revoke = { token: broker.operator };
    for (const target of ['|', 'a|b|c', '\u2028<&>"\\\n', 'ünï😀', 'a secret: b', '\ufffd']) {
      await broker.call('POST /v1/revoke', { ...revoke, body: { level: 'task', target } });
    }
    await agent(broker);
    const { body } = await broker.call(`${LINE}?limit=1000`, { token: broker.operator });
    const { events }: { events: Record<string, string | number>[] } = JSON.parse(body);
    let prev: string | number | undefined = FIRST_PREV_HASH;
    const names = ['id', 'timestamp', 'event_type', 'agent_id', 'task_id', 'orch_id', 'detail'];
    const more = ['resource', 'outcome'];
    for (const event of events) {
      const texts = [...names, ...more].map((name) => event[name] ?? '');
      const joined = [prev, ...texts, event['deleg_depth'] ?? 0, '', 0].join('|');
      expect(event['prev_hash']).toBe(prev);
      expect(event['hash']).toBe(createHash('sha256').update(joined).digest('hex'));
      prev = event['hash'];
    }
    expect(events.length).toBe(9);
    expect(body).toBe(`${goJson(JSON.parse(body))}\n`);
  });
});
