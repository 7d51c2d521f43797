import { describe, expect, it } from 'vitest';
import { HELP } from '../../src/command/help.js';
import { runCommand } from '../../src/command/run-command.js';

async function run(
  ...argv: string[]
): Promise<{ code: number; stdout: string[]; stderr: string[] }> {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const code = await runCommand({
    argv,
    // Not enough to start: what gets this far fails at once.
    env: {},
    stdout: (line) => stdout.push(line),
    stderr: (line) => stderr.push(line),
    onSignal: () => undefined,
  });
  return { code, stdout, stderr };
}

describe('arguments', () => {
  it('may ask for help', async () => {
    const expected = { code: 0, stdout: [HELP.trimEnd()], stderr: [] };
    expect(await run('--help')).toEqual(expected);
    expect(await run('-h')).toEqual(expected);
    expect(await run('--version', '--strict', '--help')).toEqual(expected);
  });

  it('may ask for the version', async () => {
    const { code, stdout, stderr } = await run('--version');
    expect(stdout.join()).toMatch(
      /^@agentwrit\/broker \d+\.\d+\.\d+\S*, compatible with AgentWrit broker 2\.0\.0$/,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: [] });
  });

  it.each([
    { name: 'an unknown flag', argv: ['--port'], what: 'unknown flag "--port"' },
    { name: 'one beside a known one', argv: ['--help', '--x'], what: 'unknown flag "--x"' },
    { name: 'a flag with a value', argv: ['--strict=true'], what: 'unknown flag "--strict=…"' },
    {
      name: 'a secret in a flag',
      argv: ['--admin-secret=hush=hush'],
      what: 'unknown flag "--admin-secret=…"',
    },
    { name: 'a secret alone', argv: ['hush'], what: 'an argument it does not know' },
    { name: 'an empty one', argv: [''], what: 'an argument it does not know' },
    { name: 'short flags', argv: ['-x'], what: 'an argument it does not know' },
    {
      name: 'terminal commands',
      argv: ['--\u001b[2J'],
      what: String.raw`unknown flag "--\u{1b}[2J"`,
    },
  ])('are refused when there is $name', async ({ argv, what }) => {
    expect(await run(...argv)).toEqual({
      code: 2,
      stdout: [],
      stderr: [`agentwrit-broker: ${what}; it takes --help, --version, --strict`],
    });
  });

  it('are none, or strict, to start', async () => {
    for (const argv of [[], ['--strict'], ['--strict', '--strict']]) {
      const { code, stderr } = await run(...argv);
      expect(code).toBe(1);
      expect(stderr.join()).toMatch(/^FATAL: admin secret is /);
    }
  });
});
