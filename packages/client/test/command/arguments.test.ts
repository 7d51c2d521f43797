import { describe, expect, it } from 'vitest';
import { VERBS } from '../../src/command/verbs.js';
import { run } from './run.js';

const REGISTER = ['app', 'register', '--name', 'orders', '--scopes', 'read:data:*'];

describe('arguments', () => {
  it('may ask for the version', async () => {
    const { code, stdout, stderr } = await run(['--version']);
    expect(stdout.join()).toMatch(/^@agentwrit\/client \d+\.\d+\.\d+\S*$/);
    expect({ code, stderr }).toEqual({ code: 0, stderr: [] });
  });

  it.each([
    { name: 'no command', argv: [], what: 'a command is missing: app, launch-token, audit, ' },
    { name: 'half a command', argv: ['app'], what: 'a command is missing: register, list, ' },
    { name: 'another command', argv: ['hush'], what: 'no such command; there are app, ' },
    { name: 'another half', argv: ['app', 'hush'], what: 'no such command; there are register, ' },
    { name: 'an unknown flag', argv: ['app', 'list', '--x'], what: 'unknown flag "--x"' },
    {
      name: 'an unknown flag before the words',
      argv: ['--x', 'app', 'list'],
      what: 'unknown flag "--x"',
    },
    { name: 'a short flag', argv: ['app', 'list', '-x'], what: 'unknown flag "-x"' },
    {
      name: 'a secret in a flag',
      argv: ['app', 'list', '--admin-secret=hush'],
      what: 'unknown flag "--admin-secret"',
    },
    {
      name: 'a secret after a flag',
      argv: ['app', 'list', '--admin-secret', 'hush'],
      what: 'unknown flag "--admin-secret"',
    },
    {
      name: 'a name that every object has',
      argv: ['app', 'list', '--constructor'],
      what: 'unknown flag "--constructor"',
    },
    {
      name: 'terminal commands',
      argv: ['app', 'list', '--\u001b[2J'],
      what: String.raw`unknown flag "--\u{1b}[2J"`,
    },
    {
      name: 'a flag of another command',
      argv: ['app', 'list', '--follow'],
      what: '"--follow" is no flag of this command',
    },
    {
      name: 'an argument too many',
      argv: ['app', 'list', 'hush'],
      what: 'there is an argument too many',
    },
    {
      name: 'one after --',
      argv: ['app', 'list', '--', '--hush'],
      what: 'there is an argument too many',
    },
    { name: 'one too few', argv: ['app', 'get'], what: 'APP_ID is missing' },
    { name: 'an empty one', argv: ['app', 'get', ''], what: 'APP_ID must not be empty' },
    { name: 'a flag too few', argv: REGISTER.slice(0, 4), what: '"--scopes" is missing' },
    { name: 'no value', argv: [...REGISTER, '--token-ttl'], what: '"--token-ttl" needs a value' },
    {
      name: 'a flag for a value',
      argv: [...REGISTER, '--broker', '--json'],
      what: '"--broker" needs a value; one that begins with "-" goes after a "="',
    },
    { name: 'an empty value', argv: [...REGISTER, '--broker='], what: '"--broker" must not be' },
    { name: 'an unset variable', argv: [...REGISTER, '--broker', ''], what: '"--broker" must not' },
    {
      name: 'a switch with a value',
      argv: ['--allow-insecure-http=hush', 'app', 'list'],
      what: '"--allow-insecure-http" takes no value',
    },
    {
      name: 'a flag twice',
      argv: ['revoke', '--level', 'task', '--target', 'a', '--target=hush'],
      what: '"--target" is given twice',
    },
    {
      name: 'a list with nothing in it',
      argv: [...REGISTER.slice(0, -1), 'read:data:*,,write:data:*'],
      what: '"--scopes" must be a list such as a,b',
    },
    {
      name: 'no number',
      argv: [...REGISTER, '--token-ttl', '6e2'],
      what: '"--token-ttl" must be a whole number',
    },
    {
      name: 'an unknown level',
      argv: ['revoke', '--level', 'Task', '--target', 'x'],
      what: '"--level" must be one of token, agent, task, chain',
    },
    {
      name: 'an unknown outcome',
      argv: ['audit', 'events', '--outcome', 'maybe'],
      what: '"--outcome" must be success or denied',
    },
    {
      name: 'nothing to change',
      argv: ['app', 'update', '--id', 'app-orders-0a1b2c'],
      what: 'give "--scopes", "--token-ttl" or both',
    },
    { name: 'a mode there is not', argv: ['init', '--mode', 'x'], what: '"--mode" must be dev or' },
    {
      name: 'no scope',
      argv: ['token', 'inspect', '--token', 'a.b.c', '--require', 'read:data'],
      what: '"--require" must be a scope',
    },
  ])('are wrong use with $name, which is not repeated if it may be a secret', async (wrong) => {
    const { code, stdout, stderr } = await run(wrong.argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: [] });
    expect(stderr[0]).toContain(`agentwrit: ${wrong.what}`);
    expect(stderr[1]).toMatch(/^Usage: agentwrit /);
    expect(stderr.join('\n')).not.toContain('hush');
  });

  it('say how the command is used that was meant', async () => {
    const { stderr } = await run(['app', 'update', '--name', 'x']);
    expect(stderr).toEqual([
      'agentwrit: "--name" is no flag of this command',
      'Usage: agentwrit app update --id APP_ID [--scopes A,B] [--token-ttl SECONDS]',
    ]);
  });

  it('are wrong use as a document when programs read it', async () => {
    const { code, stderr } = await run(['--json', 'app', 'list', '--x']);
    expect(code).toBe(2);
    expect(stderr.map((line) => JSON.parse(line) as unknown)).toEqual([
      { code: 'wrong_use', message: 'unknown flag "--x"' },
    ]);
  });

  it('mean the same kind of flag in every command', () => {
    const kinds = new Map<string, boolean>();
    for (const [name, { value }] of VERBS.flatMap(({ flags }) => Object.entries(flags))) {
      const isSwitch = value === undefined;
      expect({ name, isSwitch }).toEqual({ name, isSwitch: kinds.get(name) ?? isSwitch });
      kinds.set(name, isSwitch);
    }
  });

  it('name commands none of which is the beginning of another', () => {
    const texts = VERBS.map(({ words }) => `${words.join(' ')} `);
    for (const text of texts) {
      expect(texts.filter((other) => other.startsWith(text))).toEqual([text]);
    }
  });
});
