import { describe, expect, it } from 'vitest';
import { createLogLines, logLine, type LogLevel } from '../../src/command/log-lines.js';
import type { LogEntry } from '../../src/log.js';

const NOON = Date.UTC(2026, 1, 15, 12);

function entry(change: Partial<LogEntry> = {}): LogEntry {
  return { level: 'OK', module: 'BROKER', component: 'main', message: 'started', ...change };
}

describe('a log line', () => {
  it('says module, level, time, component and message', () => {
    expect(logLine(entry(), NOON)).toBe('[AA:BROKER:OK] 2026-02-15T12:00:00.000Z | main | started');
  });

  it('adds further facts at the end, when there are any', () => {
    expect(logLine(entry({ context: ['port=1', 'tls=no'] }), NOON + 7)).toBe(
      '[AA:BROKER:OK] 2026-02-15T12:00:00.007Z | main | started | port=1, tls=no',
    );
    expect(logLine(entry({ context: [] }), NOON)).toBe(logLine(entry(), NOON));
  });

  it.each([
    { name: 'line ends', text: 'a\r\nb', written: String.raw`a\u{d}\u{a}b` },
    { name: 'terminal commands', text: '\u001b[2J', written: String.raw`\u{1b}[2J` },
    { name: 'the C1 ones too', text: '\u009b2J\u0085', written: String.raw`\u{9b}2J\u{85}` },
    { name: 'delete', text: '\u007f', written: String.raw`\u{7f}` },
    { name: 'line separators', text: '\u2028\u2029', written: String.raw`\u{2028}\u{2029}` },
    { name: 'a change of direction', text: '\u202eabc', written: String.raw`\u{202e}abc` },
    { name: 'what is not seen', text: 'a\u200bb', written: String.raw`a\u{200b}b` },
    { name: 'other tongues, as they are', text: 'é 日本 💥', written: 'é 日本 💥' },
  ])('stays one line, with $name', ({ text, written }) => {
    const line = logLine(entry({ component: text, message: text, context: [text, text] }), NOON);
    expect(line.split(' | ').slice(1)).toEqual([written, written, `${written}, ${written}`]);
  });
});

describe('a log level', () => {
  const written = (level: LogLevel): { stdout: string[]; stderr: string[] } => {
    const lines: { stdout: string[]; stderr: string[] } = { stdout: [], stderr: [] };
    const log = createLogLines({
      level,
      clock: () => NOON,
      stdout: (line) => lines.stdout.push(line),
      stderr: (line) => lines.stderr.push(line),
    });
    for (const level of ['OK', 'WARN', 'FAIL', 'TRACE'] as const) log(entry({ level }));
    const levelOf = (line: string): string => /^\[AA:BROKER:(\w+)\]/.exec(line)?.[1] ?? line;
    return { stdout: lines.stdout.map(levelOf), stderr: lines.stderr.map(levelOf) };
  };

  it.each([
    { level: 'quiet', stdout: [] },
    { level: 'standard', stdout: ['OK', 'WARN'] },
    { level: 'verbose', stdout: ['OK', 'WARN'] },
    { level: 'trace', stdout: ['OK', 'WARN', 'TRACE'] },
  ] as const)('$level lets through what it says, and failures to stderr', ({ level, stdout }) => {
    expect(written(level)).toEqual({ stdout, stderr: ['FAIL'] });
  });
});
