import { spawnSync } from 'node:child_process';
import {
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditEntryOf } from '@agentwrit/audit';
import { createTestBroker } from '@agentwrit/broker/testing';
import type { DecisionEvent } from '@agentwrit/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentWritApp } from '../../src/index.js';
import { documentOf, type Outcome, run, type Surroundings } from './run.js';

const START = Date.parse('2026-02-15T12:00:00Z');
const CUSTOMER = 'read:data:customer-cust-7291';
const ORDER = 'write:data:order-ord-4823';
const AGENT = 'spiffe://agents.example.com/agent/order-worker/process-ord-4823/0000000000000001';

// The code as it is built: what a child process can load.
const PAGE_FILE = new URL('../../dist/command/page-file.js', import.meta.url).href;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agentwrit-drift-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function drift(argv: readonly string[], more: Surroundings = {}): Promise<Outcome> {
  return run(['drift', ...argv], more);
}

interface Asked {
  readonly granted: readonly string[];
  readonly needs: string;
  readonly held?: string;
  readonly at?: number;
  readonly agent?: string;
}

/** A line of an audit file; nobody here looks at its hashes. */
function lineOf(event: object): string {
  const hash = '0'.repeat(64);
  return JSON.stringify({ id: 'evt-000001', ...event, hash, prev_hash: hash });
}

function decided({ granted, needs, held, at = 0, agent = AGENT }: Asked): string {
  const isAllowed = held !== undefined;
  const event: DecisionEvent = {
    version: 1,
    time: START + at,
    outcome: isAllowed ? 'allow' : 'refuse',
    ...(!isAllowed && { reason: 'insufficient_scope', cause: 'scope' }),
    method: 'GET',
    route: '/customers/:id',
    requestId: 'req-4823',
    requiredScope: [needs],
    ...(isAllowed && { usedScope: [{ required: needs, held }] }),
    agentId: agent,
    taskId: 'process-ord-4823',
    orchId: 'order-worker',
    tokenId: 'jti-1',
    grantedScope: granted,
    delegationDepth: 0,
    durationUs: 10,
  };
  return lineOf(auditEntryOf(event));
}

function registered(app: string): string {
  return lineOf({
    timestamp: '2026-02-15T11:00:00Z',
    event_type: 'agent_registered',
    agent_id: AGENT,
    task_id: 'process-ord-4823',
    orch_id: 'order-worker',
    detail: `Agent registered with scope [${CUSTOMER}] app_id=${app}`,
    outcome: 'success',
  });
}

async function fileOf(name: string, ...lines: readonly string[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, lines.map((line) => `${line}\n`).join(''));
  return path;
}

const DRIFTED = [
  decided({ granted: ['read:data:*', ORDER], needs: CUSTOMER, held: 'read:data:*' }),
  decided({ granted: ['read:data:*', ORDER], needs: 'write:calendar:team', at: 60_000 }),
];

/** Letters, so that nothing folds into a pattern. */
function wordOf(number: number): string {
  return Array.from(String(number), (digit) => 'ghijklmnop'.charAt(Number(digit))).join('');
}

const FINE = [decided({ granted: [CUSTOMER], needs: CUSTOMER, held: CUSTOMER })];

describe('agentwrit drift', () => {
  it('knows the app of an agent that was registered before the time it looks at', async () => {
    const { stdout } = await drift([
      await fileOf('broker.jsonl', registered('app-1')),
      await fileOf('guard.jsonl', ...DRIFTED),
      '--since',
      '2026-02-15T12:00:00Z',
    ]);
    expect(stdout.join('\n')).toContain('order-worker / process-ord-* of app-1');
    expect(stdout.join('\n')).toContain('2026-02-15T12:00:00Z to 2026-02-15T12:01:00Z');
  });

  it('says what to change, the most important first', async () => {
    const { code, stdout, stderr } = await drift([await fileOf('guard.jsonl', ...DRIFTED)]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: [] });
    expect(stdout).toEqual([
      '2 requests, 1 refused; 2026-02-15T12:00:00Z to 2026-02-15T12:01:00Z',
      '1 scope granted and unused, 1 wildcard wider than needed, 1 scope needed and denied',
      '',
      'order-worker / process-ord-*',
      '1 task, 1 agent, 1 allowed, 1 refused',
      '  CHANGE   SCOPE                         WHY',
      '  narrow   read:data:*                   used for 1 identifier: read:data:customer-cust-7291',
      '  drop     write:data:order-ord-4823     never used',
      '  instead  read:data:customer-cust-7291',
      '  denied   write:calendar:team           refused 1 time, 1 agent, at GET /customers/:id, last 2026-02-15T12:01:00Z, request req-4823',
    ]);
  });

  it('says that nothing is wrong', async () => {
    const { code, stdout } = await drift([await fileOf('guard.jsonl', ...FINE)]);
    expect(code).toBe(0);
    expect(stdout).toEqual([
      '1 request, 0 refused; 2026-02-15T12:00:00Z to 2026-02-15T12:00:00Z',
      'What was granted and what was used agree.',
      '',
      'In order: order-worker / process-ord-*',
    ]);
  });

  it('is one document for programs', async () => {
    const outcome = await drift([await fileOf('guard.jsonl', ...DRIFTED), '--json']);
    expect(documentOf(outcome)).toMatchObject({
      version: 1,
      findings: { unused: 1, wildcard: 1, denied: 1, unreached: 0 },
      unreadLines: 0,
      groups: [{ suggestion: { scopes: [CUSTOMER], isNarrower: true } }],
    });
  });

  it('takes a file once, whatever it is called', async () => {
    const file = await fileOf('guard.jsonl', ...DRIFTED);
    await symlink(file, join(folder, 'link.jsonl'));
    const argv = [file, `${folder}/./guard.jsonl`, join(folder, 'link.jsonl'), '--json'];
    expect(documentOf(await drift(argv))).toMatchObject({ decisions: { allowed: 1, refused: 1 } });
  });

  it('says times so that they can be asked for', async () => {
    const file = await fileOf(
      'guard.jsonl',
      ...[123, 456].map((at) =>
        decided({ granted: [CUSTOMER], needs: CUSTOMER, held: CUSTOMER, at }),
      ),
    );
    const [first = ''] = (await drift([file])).stdout;
    const [, since = '', until = ''] = / ([^ ]+Z) to ([^ ]+Z)$/.exec(first) ?? [];
    const again = await drift([file, '--since', since, '--until', until]);
    expect(again.stdout[0]).toBe(first);
  });

  it('tells groups apart that differ in the app alone', async () => {
    const other = 'spiffe://agents.example.com/agent/order-worker/process-ord-1/0000000000000002';
    const files = [
      await fileOf('broker.jsonl', registered('app-orders-1')),
      await fileOf(
        'guard.jsonl',
        ...FINE,
        decided({ granted: [CUSTOMER], needs: CUSTOMER, held: CUSTOMER, agent: other }),
      ),
    ];
    expect((await drift(files)).stdout.at(-1)).toBe(
      'In order: order-worker / process-ord-* of app-orders-1, order-worker / process-ord-*',
    );
  });

  it('takes several files for one, and each once', async () => {
    const [first, second] = [
      await fileOf('guard-1.jsonl', ...DRIFTED),
      await fileOf('guard-2.jsonl', ...FINE),
    ];
    const outcome = await drift([first, second, first, '--json']);
    expect(documentOf(outcome)).toMatchObject({ decisions: { allowed: 2, refused: 1 } });
  });

  it.each([{ order: 'before' }, { order: 'after' }])(
    "learns apps from the broker's log, given $order the decisions",
    async ({ order }) => {
      const files = [
        await fileOf('broker.jsonl', registered('app-orders-1')),
        await fileOf('guard.jsonl', ...DRIFTED),
      ];
      const { code, stdout, stderr } = await drift([
        ...(order === 'before' ? files : files.toReversed()),
        '--json',
      ]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: [] });
      expect(JSON.parse(stdout.join(''))).toMatchObject({
        decisions: { allowed: 1, refused: 1 },
        grants: 1,
        groups: [{ app: 'app-orders-1', allowed: 1, idleAgents: 0 }],
      });
    },
  );

  it('reads stdin, and says where it would have had to read it twice', async () => {
    const stdin = `${[...DRIFTED, registered('app-orders-1')].join('\n')}\n`;
    const { code, stdout, stderr } = await drift(['-'], { stdin });
    expect(code).toBe(0);
    expect(stdout[0]).toMatch(/^2 requests, 1 refused; 1 grant; /);
    expect(stderr).toEqual([
      "agentwrit: some agents' apps were not known in time: give the broker's log before stdin",
    ]);
  });

  it('reads only what is of the time that is asked for', async () => {
    const file = await fileOf(
      'guard.jsonl',
      ...[0, 1, 2, 3].map((minute) =>
        decided({ granted: [CUSTOMER], needs: CUSTOMER, held: CUSTOMER, at: minute * 60_000 }),
      ),
    );
    const times = ['--since', '2026-02-15T12:01:00Z', '--until', '2026-02-15T14:02:00+02:00'];
    const { stdout } = await drift([file, ...times]);
    expect(stdout[0]).toBe('2 requests, 0 refused; 2026-02-15T12:01:00Z to 2026-02-15T12:02:00Z');
  });

  it('knows from a list which routes nobody reached', async () => {
    const routes = await fileOf(
      'routes.json',
      JSON.stringify([
        { method: 'GET', path: '/customers/:id', needs: [{}], isPublic: false },
        { method: 'DELETE', path: '/orders/:id', needs: [{}], isPublic: false },
        { method: 'GET', path: '/health', needs: [], isPublic: true },
      ]),
    );
    const { stdout } = await drift([await fileOf('guard.jsonl', ...FINE), '--routes', routes]);
    expect(stdout.slice(-4)).toEqual([
      '',
      'Routes where nobody was let in',
      '  METHOD  PATH',
      '  DELETE  /orders/:id  never asked for',
    ]);
  });

  it('says how many decisions are missing in a file', async () => {
    const gap = lineOf({
      timestamp: '2026-02-15T12:00:01Z',
      event_type: 'audit_gap',
      detail: '{"dropped":12,"firstTime":1,"lastTime":2,"reason":"queue_full"}',
    });
    const { stdout } = await drift([await fileOf('guard.jsonl', ...FINE, gap)]);
    expect(stdout.slice(1, 3)).toEqual([
      'Nothing was found, but not all is known.',
      'Cannot be told: 12 decisions that the audit files say they have lost.',
    ]);
  });

  it('cannot steer the terminal', async () => {
    const evil = '\u001b[2J\n\u202e\u009b';
    const file = await fileOf(
      'guard.jsonl',
      decided({ granted: [`read:data:${evil}`], needs: `write:data:${evil}`, agent: evil }),
    );
    for (const flags of [[], ['--json']]) {
      const { stdout } = await drift([file, ...flags]);
      for (const line of stdout) expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });
});

describe('lines that cannot be read', () => {
  it('are left out, counted, and the first few named', async () => {
    const wrong = decided({ granted: [], needs: CUSTOMER }).replace(
      String.raw`\"version\":1`,
      String.raw`\"version\":9`,
    );
    const late = lineOf({ timestamp: '12', event_type: 'x', detail: '' });
    const file = await fileOf('guard.jsonl', ...FINE, 'garbage', wrong, late, '{}', '[]', '7', '8');
    const { code, stdout, stderr } = await drift([file]);
    expect(code).toBe(0);
    expect(stdout[0]).toMatch(/^1 request, /);
    expect(stderr).toEqual([
      `agentwrit: ${file}:2: the line is not JSON`,
      expect.stringContaining(`${file}:3: event.detail.version`),
      `agentwrit: ${file}:4: its timestamp is no time`,
      expect.stringContaining(`${file}:5: `),
      expect.stringContaining(`${file}:6: `),
      'agentwrit: 7 of 8 lines cannot be read and are left out',
    ]);
  });

  it('are a fault where a file has nothing else', async () => {
    const files = [await fileOf('a.jsonl', ...FINE), await fileOf('b.log', '{"level":30}')];
    const { code, stdout, stderr } = await drift(files);
    expect({ code, stdout }).toEqual({ code: 3, stdout: [] });
    expect(stderr[0]).toContain(`there is no audit event in ${files[1]}: line 1: `);
  });

  it('are none in a file that is empty', async () => {
    const { code, stdout } = await drift([await fileOf('empty.jsonl')]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: ['0 requests, 0 refused', 'Nothing to judge: no decision in what was given.'],
    });
  });

  it('are not looked for where there is no file', async () => {
    const { code, stderr } = await drift([join(folder, 'none.jsonl')]);
    expect(code).toBe(3);
    expect(stderr).toEqual([`agentwrit: cannot read ${join(folder, 'none.jsonl')}: no such file`]);
  });
});

describe('--fail-on', () => {
  it.each([
    { list: 'unused', code: 1, what: '1 scope granted and unused' },
    { list: 'wildcard', code: 1, what: '1 wildcard wider than needed' },
    { list: 'unreached, denied', code: 1, what: '1 scope needed and denied' },
    { list: 'unreached', code: 0, what: undefined },
  ])('$list ends with $code', async ({ list, code, what }) => {
    const outcome = await drift([await fileOf('guard.jsonl', ...DRIFTED), '--fail-on', list]);
    expect(outcome.code).toBe(code);
    expect(outcome.stdout.length).toBeGreaterThan(1);
    expect(outcome.stderr).toEqual(what ? [`found what --fail-on names: ${what}`] : []);
  });

  it('tells programs, too', async () => {
    const argv = [await fileOf('guard.jsonl', ...DRIFTED), '--json', '--fail-on', 'unused,denied'];
    const { code, stderr } = await drift(argv);
    expect(code).toBe(1);
    expect(JSON.parse(stderr.join(''))).toMatchObject({
      code: 'drift',
      findings: { unused: 1, denied: 1 },
    });
  });

  const gap = lineOf({
    timestamp: '2026-02-15T12:00:01Z',
    event_type: 'audit_gap',
    detail: '{"dropped":12,"firstTime":1,"lastTime":2,"reason":"queue_full"}',
  });
  // More kinds than are told apart, and something used of those that are not.
  const scopes = Array.from({ length: 400 }, (_, index) => `read:kind-${wordOf(index)}:all`);
  const many = scopes.map((needs) => decided({ granted: scopes, needs, held: needs }));
  it.each([
    { name: 'nothing was given', lines: [], what: 'no decision in what was given' },
    { name: 'a line cannot be read', lines: [...FINE, '{}'], what: '1 line that cannot be read' },
    { name: 'decisions are lost', lines: [...FINE, gap], what: '12 decisions that the audit' },
    {
      name: 'scopes are not told apart',
      lines: many,
      what: 'which scopes were unused, or too wide',
    },
  ])('ends with 1, too, where that cannot be told: $name', async ({ lines, what }) => {
    const file = await fileOf('guard.jsonl', ...lines);
    const { code, stdout, stderr } = await drift([file, '--fail-on', 'unused']);
    expect(code).toBe(1);
    expect(stderr.at(-1)).toContain('cannot tell what --fail-on asks for: ');
    expect(stderr.at(-1)).toContain(what);
    expect(stdout.join('\n')).toContain(what);
    expect(stdout.join('\n')).not.toMatch(/agree|In order:/);
    const json = await drift([file, '--fail-on', 'incomplete', '--json']);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stderr.at(-1) ?? '')).toMatchObject({ findings: { incomplete: 1 } });
  });

  it('ends with 1 where nothing was decided in the time that is asked for', async () => {
    const file = await fileOf('guard.jsonl', ...FINE);
    const argv = [file, '--since', '2031-01-01T00:00:00Z', '--fail-on', 'unused'];
    const { code, stdout } = await drift(argv);
    expect(code).toBe(1);
    expect(stdout[1]).toBe('Nothing to judge: no decision in what was given, in that time.');
  });

  it('is not disturbed by many identifiers of a kind', async () => {
    const lines = Array.from({ length: 100 }, (_, index) => {
      const own = `write:data:order-${index}`;
      return decided({ granted: [own], needs: own, held: own });
    });
    const { code } = await drift([await fileOf('guard.jsonl', ...lines), '--fail-on', 'unused']);
    expect(code).toBe(0);
  });

  it('is content with what is in order', async () => {
    const list = 'unused,wildcard,denied';
    const { code } = await drift([await fileOf('guard.jsonl', ...FINE), '--fail-on', list]);
    expect(code).toBe(0);
  });
});

describe('--html', () => {
  it('writes a page, and replaces the one before', async () => {
    const file = await fileOf('guard.jsonl', ...DRIFTED);
    const page = join(folder, 'drift.html');
    await writeFile(page, 'old');
    const { code } = await drift([file, '--html', page]);
    expect(code).toBe(0);
    const text = await readFile(page, 'utf8');
    expect(text).toMatch(/^<!doctype html>/);
    expect(text).toContain('write:calendar:team');
    // Nothing is left beside it.
    expect((await readdir(folder)).toSorted()).toEqual(['drift.html', 'guard.jsonl']);
  });

  it('does not say that all is well where lines cannot be read', async () => {
    const page = join(folder, 'drift.html');
    await drift([await fileOf('guard.jsonl', ...FINE, '{}'), '--html', page]);
    const text = await readFile(page, 'utf8');
    expect(text).toContain('Cannot be told: 1 line that cannot be read.');
    expect(text).not.toContain('What was granted and what was used agree');
  });

  it('follows a link, which stays one', async () => {
    await writeFile(join(folder, 'real.html'), 'old');
    await symlink('real.html', join(folder, 'link.html'));
    await drift([await fileOf('guard.jsonl', ...FINE), '--html', join(folder, 'link.html')]);
    expect(await readFile(join(folder, 'real.html'), 'utf8')).toMatch(/^<!doctype html>/);
  });

  it.each([
    { name: 'a folder', path: 'sub', message: 'is a folder' },
    { name: 'a folder that is not there', path: 'none/x.html', message: 'there is no folder' },
    { name: 'a file that is to be read', path: 'guard.jsonl', message: 'is one of the files' },
  ])('does not write over $name', async ({ path, message }) => {
    const file = await fileOf('guard.jsonl', ...FINE);
    await mkdir(join(folder, 'sub'));
    const { code, stdout, stderr } = await drift([file, '--html', join(folder, path)]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: [] });
    expect(stderr[0]).toContain('"--html": ');
    expect(stderr[0]).toContain(message);
    expect(await readFile(file, 'utf8')).toBe(`${FINE.join('')}\n`);
  });

  it('does not write over the list of routes', async () => {
    const routes = await fileOf('routes.json', '[]');
    const argv = [await fileOf('guard.jsonl', ...FINE), '--routes', routes, '--html', routes];
    const { code, stderr } = await drift(argv);
    expect({ code, text: await readFile(routes, 'utf8') }).toEqual({ code: 2, text: '[]\n' });
    expect(stderr[0]).toContain('is one of the files to read');
  });

  it('does not write over what stdin comes from', async () => {
    const file = await fileOf('guard.jsonl', ...FINE);
    const source = await open(file);
    try {
      // In a process of its own: this one's stdin is somebody else's.
      const program = `import { assertReplaceable } from ${JSON.stringify(PAGE_FILE)};
        try { assertReplaceable('html', ${JSON.stringify(file)}, ['-']); } catch (error) { console.log(error.message); }`;
      const argv = ['--input-type=module', '--eval', program];
      const { stdout } = spawnSync(process.execPath, argv, {
        stdio: [source.fd, 'pipe', 'inherit'],
        encoding: 'utf8',
        timeout: 60_000,
      });
      expect(stdout).toContain('is one of the files to read');
    } finally {
      await source.close();
    }
  });

  it('is a file', async () => {
    const { code, stderr } = await drift([await fileOf('guard.jsonl', ...FINE), '--html', '-']);
    expect(code).toBe(2);
    expect(stderr[0]).toContain('"--html" must be a file, not "-"');
  });

  it('keeps from others a page that was kept from them', async () => {
    const page = join(folder, 'drift.html');
    await writeFile(page, 'old', { mode: 0o600 });
    await drift([await fileOf('guard.jsonl', ...FINE), '--html', page]);
    expect((await lstat(page)).mode & 0o777).toBe(0o600);
  });

  // A socket stands for all that a program would miss: devices must not be put at risk by a test.
  it('does not write over what is no file', async () => {
    const file = await fileOf('guard.jsonl', ...FINE);
    const socket = createServer();
    await new Promise<void>((resolve) => socket.listen(join(folder, 'socket'), resolve));
    try {
      const { code, stderr } = await drift([file, '--html', join(folder, 'socket')]);
      expect(code).toBe(2);
      expect(stderr[0]).toContain('is no regular file');
      expect((await lstat(join(folder, 'socket'))).isSocket()).toBe(true);
    } finally {
      await new Promise((resolve) => socket.close(resolve));
    }
  });
});

describe('wrong use', () => {
  it.each([
    { flags: ['--since', 'yesterday'], message: '"--since" must be a time' },
    { flags: ['--until', '2026-02-30T00:00:00Z'], message: '"--until" must be a time' },
    { flags: ['--fail-on', 'unused,all'], message: '"--fail-on" must be a list of unused, ' },
    { flags: ['--routes', '/none/routes.json'], message: '"--routes": cannot read ' },
  ])('is said: $flags', async ({ flags, message }) => {
    const { code, stderr } = await drift([await fileOf('guard.jsonl', ...FINE), ...flags]);
    expect(code).toBe(2);
    expect(stderr[0]).toContain(message);
  });

  it.each([
    { text: 'no', message: 'is not JSON' },
    { text: '{}', message: '"--routes" must be an array' },
    { text: '[{"method":"GET"}]', message: '"routes[0].path" must be' },
  ])('is said of a list of routes: $text', async ({ text, message }) => {
    const routes = await fileOf('routes.json', text);
    const argv = [await fileOf('guard.jsonl', ...FINE), '--routes', routes];
    const { code, stderr } = await drift(argv);
    expect(code).toBe(2);
    expect(stderr[0]).toContain(message);
  });

  it('is to give no file', async () => {
    const { code, stderr } = await drift([]);
    expect(code).toBe(2);
    expect(stderr[0]).toBe('agentwrit: FILE is missing');
  });
});

describe('--broker', () => {
  it('tells of agents that were registered and never seen', async () => {
    await using broker = await createTestBroker();
    const env = { AGENTWRIT_ADMIN_SECRET: broker.adminSecret };
    const registration = await broker.registerApp({ name: 'orders', scopes: ['read:data:*'] });
    const { appId, clientId, clientSecret } = registration;
    await using app = new AgentWritApp({ brokerUrl: broker.url, clientId, clientSecret });
    await using agent = await app.createAgent({
      orchId: 'order-worker',
      taskId: 'process-ord-4824',
      scope: [CUSTOMER],
    });
    const file = await fileOf('guard.jsonl', ...FINE);
    const outcome = await drift([file, '--broker', broker.url, '--json'], { env });
    expect(documentOf(outcome)).toMatchObject({
      grants: 1,
      groups: [
        { app: appId, agents: { count: 1 }, idleAgents: 1, allowed: 0 },
        { app: null, agents: { count: 1 }, idleAgents: 0, allowed: 1 },
      ],
    });
    expect(agent.released).toBe(false);
  });

  it('is asked only where the flag is given', async () => {
    await using broker = await createTestBroker();
    const env = { AGENTWRIT_BROKER_URL: broker.url, AGENTWRIT_ADMIN_SECRET: broker.adminSecret };
    const { code } = await drift([await fileOf('guard.jsonl', ...FINE)], { env });
    expect({ code, asked: broker.requestCount() }).toEqual({ code: 0, asked: 0 });
  });

  it('that cannot be asked is a fault', async () => {
    await using broker = await createTestBroker();
    void broker.fail(500);
    const env = { AGENTWRIT_ADMIN_SECRET: broker.adminSecret };
    const file = await fileOf('guard.jsonl', ...FINE);
    const { code, stdout } = await drift([file, '--broker', broker.url], { env });
    expect({ code, stdout }).toEqual({ code: 3, stdout: [] });
  });
});
