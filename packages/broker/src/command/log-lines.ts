// What happened in → a line on stdout or stderr out, if the level lets it through (protocol §8.3).

import type { Log, LogEntry } from '../log.js';

export type LogLevel = 'quiet' | 'standard' | 'verbose' | 'trace';

/** Writes one line; the line end is its own business. */
export type LineWriter = (line: string) => void;

// The reference names the levels only (protocol §8.1): errors alone, errors and news, everything.
const NEWS: readonly LogEntry['level'][] = ['OK', 'WARN', 'FAIL'];
const WRITTEN: Readonly<Record<LogLevel, readonly LogEntry['level'][]>> = {
  quiet: ['FAIL'],
  standard: NEWS,
  verbose: NEWS,
  trace: [...NEWS, 'TRACE'],
};

/** Case does not matter; what is no level is `verbose` (protocol §8.1). */
export function readLogLevel(text: string): LogLevel {
  const level = text.toLowerCase();
  return level === 'quiet' || level === 'standard' || level === 'trace' ? level : 'verbose';
}

export interface LogLinesOptions {
  readonly level: LogLevel;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly stdout: LineWriter;
  readonly stderr: LineWriter;
}

export function createLogLines({ level, clock, stdout, stderr }: LogLinesOptions): Log {
  const written = WRITTEN[level];
  return (entry) => {
    if (!written.includes(entry.level)) return;
    const write = entry.level === 'FAIL' ? stderr : stdout;
    write(logLine(entry, clock()));
  };
}

/** `[AA:MODULE:LEVEL] TIME | COMPONENT | MESSAGE | ctx, ctx`, the time in RFC 3339, UTC, milliseconds. */
export function logLine(entry: LogEntry, epochMs: number): string {
  const { module, level, component, message, context = [] } = entry;
  const parts = [new Date(epochMs).toISOString(), component, message];
  if (context.length > 0) parts.push(context.join(', '));
  return visible(`[AA:${module}:${level}] ${parts.join(' | ')}`);
}

/**
 * One line stays one line whatever a caller put into it: control characters, line separators and
 * characters that reorder or hide others are written as `\u{…}`.
 */
export function visible(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
