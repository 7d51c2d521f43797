import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { type DecisionEvent, REFUSAL_REASONS } from '@agentwrit/protocol';
import { requestWith, tokenOf } from '../../core/test/fixtures.js';
import { outcomeOf, setScene } from '../../core/test/guard-scene.js';
import { createPinoSink, type PinoSinkOptions } from '../src/index.js';
import { allowed, refused } from './decision.js';

interface Line {
  readonly level: number;
  readonly time: number;
  readonly msg: string;
  readonly decision: DecisionEvent;
}

const LEVELS = pino.levels.values;

/** A sink on a real pino, and the lines it has written. */
function setUp(options: Omit<PinoSinkOptions, 'logger'> = {}): {
  sink: (event: DecisionEvent) => unknown;
  lines: () => Line[];
} {
  let text = '';
  const logger = pino({ level: 'debug' }, { write: (chunk: string) => (text += chunk) });
  return {
    sink: createPinoSink({ logger, ...options }),
    lines: () =>
      text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Line),
  };
}

describe('a pino sink', () => {
  it('writes one line for a decision, with the whole event under a key of its own', () => {
    const { sink, lines } = setUp();
    sink(allowed());
    expect(lines()).toHaveLength(1);
    expect(lines()[0]?.decision).toEqual(allowed());
    expect(lines()[0]?.time).toBeGreaterThan(allowed().time);
  });

  it.each([
    { name: 'let in', event: allowed(), level: 'info', text: 'request let in' },
    {
      name: 'let in without credentials',
      event: allowed({ outcome: 'anonymous' }),
      level: 'info',
      text: 'request let in',
    },
    ...REFUSAL_REASONS.map((reason) => {
      const isFault = /unavailable|overloaded|internal/.test(reason);
      return {
        name: reason,
        event: refused({ reason }),
        level: isFault ? 'error' : 'warn',
        text: isFault ? 'request could not be decided' : 'request refused',
      };
    }),
  ])('logs what is $name as $level', ({ event, level, text }) => {
    const { sink, lines } = setUp();
    sink(event);
    expect(lines()[0]).toMatchObject({ level: LEVELS[level], msg: text });
  });

  it('goes by the level that the program gives, and leaves out what has none', () => {
    const { sink, lines } = setUp({
      level: ({ outcome }) => (outcome === 'refuse' ? 'debug' : undefined),
    });
    sink(allowed());
    sink(refused());
    expect(lines().map(({ level }) => level)).toEqual([LEVELS['debug']]);
  });

  it('keeps a scope with line breaks and quotes within its line', () => {
    const { sink, lines } = setUp();
    const requiredScope = ['read:data:x"\n{"level":10}\u001b[2J'];
    sink(refused({ requiredScope }));
    expect(lines()).toHaveLength(1);
    expect(lines()[0]?.decision.requiredScope).toEqual(requiredScope);
  });

  it('changes no decision of a guard when the logger throws', async () => {
    const thrower = (): never => {
      throw new Error('disk full');
    };
    const logger = { debug: thrower, info: thrower, warn: thrower, error: thrower };
    const { guard } = setScene({ onDecision: createPinoSink({ logger }) });
    const check = guard.requireScope('read:data:customer-cust-7291');
    expect(outcomeOf(await check(requestWith(tokenOf())))).toBe('allow');
    expect(outcomeOf(check(requestWith(undefined)))).toBe('missing_token');
  });

  it.each<{ name: string; options: object }>([
    { name: 'logger', options: {} },
    { name: 'logger', options: { logger: null } },
    { name: 'logger.error', options: { logger: { debug() {}, info() {}, warn() {} } } },
    { name: 'level', options: { logger: pino(), level: 'info' } },
    { name: 'levels', options: { logger: pino(), levels: () => 'info' } },
  ])('names the option "$name" when it is wrong', ({ name, options }) => {
    expect(() => createPinoSink(options as PinoSinkOptions)).toThrow(new RegExp(`"${name}"`));
  });

  it('says so when the program gives a level that there is not', () => {
    const level = (): 'info' => 'loud' as 'info';
    expect(() => setUp({ level }).sink(allowed())).toThrow(/"level"/);
  });

  it('may be written to down to its last list, as some loggers do to hide what is in it', () => {
    const event = Object.freeze<DecisionEvent>({
      ...allowed(),
      requiredScope: Object.freeze(['read:data:customer-cust-7291']),
      grantedScope: Object.freeze(['read:data:*']),
      usedScope: Object.freeze([
        Object.freeze({ required: 'read:data:customer-cust-7291', held: 'read:data:*' }),
      ]),
      proof: Object.freeze({ source: 'cache', ageMs: 1 }),
    });
    const logged: unknown[] = [];
    const hide = ({ decision }: { readonly decision: DecisionEvent }): void => {
      hideAll(decision);
      logged.push(decision);
    };
    const logger = { debug: hide, info: hide, warn: hide, error: hide };
    createPinoSink({ logger })(event);
    expect(JSON.stringify(logged)).not.toMatch(/192\.0\.2\.7|7291|cache/);
    expect(event).toEqual({ ...allowed(), proof: { source: 'cache', ageMs: 1 } });
  });
});

function hideAll(value: object): void {
  const members: [string, unknown][] = Object.entries(value);
  for (const [key, member] of members) {
    if (typeof member === 'object' && member !== null) hideAll(member);
    // In strict mode this throws where it cannot be written.
    else Object.assign(value, { [key]: '[Redacted]' });
  }
}
