import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGuard } from '../src/index.js';
import { Warnings } from '../src/warnings.js';
import { json, requestWith, ScriptedBroker, tokenOf } from './fixtures.js';

let warned: string[] = [];
const listen = (warning: Error & { code?: string }): void => {
  if (warning.code?.startsWith('AGENTWRIT_')) warned.push(`${warning.code}: ${warning.message}`);
};

beforeEach(() => {
  warned = [];
  process.on('warning', listen);
});
afterEach(() => void process.off('warning', listen));

// Node tells its listeners of a warning in the next tick.
const told = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const AGENT = 'spiffe://agentwrit.local/agent/orch-1/task-1/0123456789abcdef';
const exp = Math.floor(Date.now() / 1000) + 60;
const token = tokenOf({ sub: AGENT, jti: 'y', exp });

describe('Warnings', () => {
  it('say each thing once, and not without end', async () => {
    const warnings = new Warnings('AGENTWRIT_TEST');
    for (let round = 0; round < 3; round += 1) warnings.warn('the same');
    for (let round = 0; round < 100; round += 1) warnings.warn(`different ${round}`);
    await told();
    expect(warned.filter((text) => text.includes('the same'))).toHaveLength(1);
    expect(warned.length).toBeLessThanOrEqual(32);
  });

  it.each([
    { name: 'no process', host: { process: undefined } },
    { name: 'a process without warnings', host: { process: {} } },
    {
      name: 'warnings that nobody writes down, as in Workers',
      host: {
        process: { emitWarning: () => undefined },
        navigator: { userAgent: 'Cloudflare-Workers' },
      },
    },
  ])('are on the console where there is $name', ({ host }) => {
    const { process, console } = globalThis;
    const navigator = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
    const lines: unknown[] = [];
    const define = (members: object): void => {
      for (const [name, value] of Object.entries(members)) {
        Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
      }
    };
    try {
      define({ console: { warn: (line: unknown) => lines.push(line) }, ...host });
      const warnings = new Warnings('AGENTWRIT_TEST');
      for (let round = 0; round < 3; round += 1) warnings.warn('the same');
    } finally {
      define({ process, console });
      if (navigator) Object.defineProperty(globalThis, 'navigator', navigator);
      else Reflect.deleteProperty(globalThis, 'navigator');
    }
    expect(lines).toEqual(['[AGENTWRIT_TEST] the same']);
  });
});

describe('a guard that nobody listens to', () => {
  it('warns once that the broker gives no answer, and why', async () => {
    const broker = new ScriptedBroker(() => json({}, { status: 404 }));
    const check = createGuard({ broker }).requireScope('read:data:x');
    for (let round = 0; round < 3; round += 1) await check(requestWith(token));
    await told();
    expect(warned).toEqual([
      "AGENTWRIT_REFUSING: requests are refused with broker_unavailable: the broker answered 404 (is the URL the broker's base URL?)",
    ]);
  });

  it('says which parameter a route lacks for its scope', async () => {
    const answer = (): Response =>
      json({
        valid: true,
        claims: { iss: '', sub: AGENT, jti: 'y', exp, nbf: 0, iat: 0, scope: [] },
      });
    const guard = createGuard({ broker: new ScriptedBroker(answer) });
    await guard.requireScope('read:data:c-{idd}')(
      requestWith(tokenOf({ sub: AGENT, jti: 'y', exp })),
    );
    await told();
    expect(warned).toEqual([
      'AGENTWRIT_REFUSING: requests to GET /data are refused with internal_error: the route has no parameter "idd" to fill the scope "read:data:c-{idd}" with',
    ]);
  });

  it('says nothing of requests that are refused for their own sake', async () => {
    const check = createGuard({ broker: new ScriptedBroker() }).requireScope('read:data:x');
    await check(requestWith(undefined));
    await check(requestWith('garbage'));
    await told();
    expect(warned).toEqual([]);
  });
});

describe('a guard with a sink', () => {
  it('tells the sink instead', async () => {
    const details: unknown[] = [];
    const guard = createGuard({
      broker: 'http://127.0.0.1:1',
      onDecision: ({ detail }) => details.push(detail),
    });
    await guard.requireScope('read:data:x')(requestWith(token));
    await told();
    expect(details).toEqual(['the connection to the broker failed (ECONNREFUSED)']);
    expect(warned).toEqual([]);
    await guard.close();
  });
});
