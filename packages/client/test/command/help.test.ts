import { describe, expect, it } from 'vitest';
import { VERBS } from '../../src/command/verbs.js';
import { run } from './run.js';

const LEVELS = [[], ...VERBS.flatMap(({ words }) => words.map((_, at) => words.slice(0, at + 1)))];

describe('help', () => {
  it('names every command', async () => {
    const { code, stdout, stderr } = await run(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: [] });
    for (const { words, about } of VERBS) {
      const line = stdout.join('\n').match(new RegExp(`^  ${words.join(' ')} .*$`, 'm'))?.[0];
      expect(line).toContain(about);
    }
  });

  it('names the commands of a group', async () => {
    const { stdout } = await run(['app', '-h']);
    expect(stdout.join('\n')).toContain('Usage: agentwrit app {register|list|get|update|remove}');
    expect(stdout.join('\n')).not.toContain('audit');
  });

  it.each(VERBS.map((verb) => ({ name: verb.words.join(' '), verb })))(
    'names every flag of $name',
    async ({ verb }) => {
      const { code, stdout } = await run([...verb.words, '--help']);
      expect(code).toBe(0);
      for (const flag of [...Object.keys(verb.flags), 'broker', 'json']) {
        expect(stdout.join('\n')).toMatch(new RegExp(`^  --${flag}\\b`, 'm'));
      }
    },
  );

  it('comes whatever else is wrong, and nothing else is done', async () => {
    const { code, stdout } = await run(['revoke', '--help', '--x', 'y', '--level']);
    expect(code).toBe(0);
    expect(stdout.join('\n')).toContain('Usage: agentwrit revoke --level LEVEL --target TARGET');
  });

  it.each(LEVELS.map((words) => ({ words })))('fits a terminal: $words', async ({ words }) => {
    const { stdout } = await run([...words, '--help']);
    expect(stdout.flatMap((text) => text.split('\n')).filter((line) => line.length >= 80)).toEqual(
      [],
    );
  });

  it('has no flag for the admin secret', () => {
    const names = VERBS.flatMap(({ flags }) => Object.keys(flags));
    expect(names.filter((name) => name.includes('secret'))).toEqual([]);
  });
});
