import { createTestBroker, type TestBroker } from '@agentwrit/broker/testing';
import { describe, expect, it } from 'vitest';
import { Ending, EXIT } from '../../src/command/verb.js';
import { type Outcome, run, type Surroundings } from './run.js';

const EVENTS = ['audit', 'events'];

function at(
  broker: TestBroker,
  argv: readonly string[],
  more: Surroundings = {},
): Promise<Outcome> {
  const env = { AGENTWRIT_BROKER_URL: broker.url, AGENTWRIT_ADMIN_SECRET: broker.adminSecret };
  return run([...EVENTS, ...argv], { env, ...more });
}

function revokeTasks(broker: TestBroker, count: number): void {
  for (let index = 0; index < count; index += 1) {
    broker.revoke({ level: 'task', target: `task-${index}` });
  }
}

describe('the audit log', () => {
  it('is printed in columns, the oldest event first', async () => {
    await using broker = await createTestBroker();
    revokeTasks(broker, 2);
    const { code, stdout, stderr } = await at(broker, []);
    expect({ code, stderr }).toEqual({ code: 0, stderr: [] });
    expect(stdout[0]).toMatch(/^TIME {28}EVENT {16}OUTCOME {2}AGENT {3}DETAIL$/);
    expect(stdout[1]).toMatch(
      /^\S+Z +token_revoked {8}success {2}task-0 {2}revoked at level=task target=task-0$/,
    );
    expect(stdout[2]).toContain('task-1');
    // Its own authentication.
    expect(stdout[3]).toMatch(/ admin_auth {11}success {2}- {7}admin authenticated as admin$/);
    expect(stdout).toHaveLength(4);
  });

  it('is one document on each line for programs, as the broker recorded it', async () => {
    await using broker = await createTestBroker();
    revokeTasks(broker, 3);
    const { stdout } = await at(broker, ['--json']);
    const recorded = broker
      .auditEvents()
      .map((event) => JSON.parse(JSON.stringify(event)) as object);
    expect(stdout).toHaveLength(4);
    expect(stdout.map((line) => JSON.parse(line) as unknown)).toMatchObject(recorded);
    expect(Object.keys(JSON.parse(stdout[0] ?? '') as object)).not.toContain('task_id');
  });

  it.each([
    { flags: ['--event-type', 'admin_auth'], count: 1 },
    { flags: ['--agent-id', 'task-2'], count: 1 },
    { flags: ['--task-id', 'task-2'], count: 0 },
    { flags: ['--outcome', 'success'], count: 6 },
    { flags: ['--outcome', 'denied'], count: 0 },
    { flags: ['--limit', '2'], count: 2 },
    { flags: ['--offset', '4'], count: 2 },
    { flags: ['--event-type', 'token_revoked', '--offset', '1', '--limit', '9'], count: 4 },
    { flags: ['--since', '2999-01-01T00:00:00Z'], count: 0 },
    { flags: ['--until', '2999-01-01T00:00:00+02:00'], count: 6 },
  ])('can be filtered: $flags', async ({ flags, count }) => {
    await using broker = await createTestBroker();
    revokeTasks(broker, 5);
    const { code, stdout } = await at(broker, [...flags, '--json']);
    expect(code).toBe(0);
    expect(stdout).toHaveLength(count);
  });

  it.each([
    { flag: '--since', value: 'yesterday' },
    { flag: '--until', value: '2026-02-30T00:00:00Z' },
    { flag: '--limit', value: '0' },
  ])('is not filtered by a wrong $flag', async ({ flag, value }) => {
    await using broker = await createTestBroker();
    const { code, stderr } = await at(broker, [flag, value]);
    expect(code).toBe(2);
    expect(stderr[0]).toMatch(new RegExp(`^agentwrit: "${flag}" must be `));
    expect(broker.requestCount()).toBe(0);
  });

  it('cannot steer the terminal', async () => {
    await using broker = await createTestBroker();
    broker.revoke({ level: 'task', target: '\u001b[2J\n\u202e\u009b' });
    for (const flags of [[], ['--json']]) {
      const { stdout } = await at(broker, flags);
      for (const line of stdout) expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });
});

describe('following the audit log', () => {
  it('goes on with what happens, and ends with 130 at SIGINT', async () => {
    await using broker = await createTestBroker();
    revokeTasks(broker, 1);
    const ending = new AbortController();
    const { code, stdout, stderr } = await at(broker, ['--follow', '--json'], {
      signal: ending.signal,
      onLine(line) {
        if (line.includes('"admin_auth"')) revokeTasks(broker, 2);
        if (line.includes('target=task-1')) ending.abort(new Ending(EXIT.interrupted));
      },
    });
    expect({ code, stderr }).toEqual({ code: 130, stderr: [] });
    expect(stdout.map((line) => (JSON.parse(line) as { event_type: string }).event_type)).toEqual([
      'token_revoked',
      'admin_auth',
      'token_revoked',
      'token_revoked',
    ]);
  });

  it('asks a broker again that cannot be asked, and says so', async () => {
    await using broker = await createTestBroker();
    const ending = new AbortController();
    const { code, stdout, stderr } = await at(broker, ['--follow', '--json'], {
      signal: ending.signal,
      onLine(line) {
        if (line.includes('target=task-0')) ending.abort(new Ending(EXIT.interrupted));
        else void broker.fail(500, { times: 1, body: 'evil\u202e' });
      },
      onError: () => revokeTasks(broker, 1),
    });
    expect(code).toBe(130);
    expect(stderr).toHaveLength(1);
    expect(stderr[0]).toMatch(/^agentwrit: HTTP 500 .*: evil\\u\{202e\}; trying again$/);
    expect(stdout).toHaveLength(2);
  });

  it('ends when the broker refuses', async () => {
    await using broker = await createTestBroker();
    const { code, stderr } = await at(broker, ['--follow'], {
      onLine: () => void broker.fail(403),
    });
    expect(code).toBe(1);
    expect(stderr[0]).toContain('(403, forbidden, ');
  });

  it('ends with 0 when nobody reads any more', async () => {
    await using broker = await createTestBroker();
    const ending = new AbortController();
    const { code, stderr } = await at(broker, ['--follow'], {
      signal: ending.signal,
      onLine: () => ending.abort(new Ending(EXIT.ok)),
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: [] });
  });

  it('does not go with an end', async () => {
    await using broker = await createTestBroker();
    const { code, stderr } = await at(broker, ['--follow', '--until', '2026-02-15T12:00:00Z']);
    expect(code).toBe(2);
    expect(stderr[0]).toContain('"--until" cannot be combined with "--follow"');
  });
});
