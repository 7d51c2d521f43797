// Arguments in → what the command prints and how it ends, in this process, out.

import { runCommand } from '../../src/command/run-command.js';

export interface Surroundings {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What is piped in; a terminal when absent. */
  readonly stdin?: string | readonly Uint8Array[];
  readonly signal?: AbortSignal;
  /** Epoch milliseconds. */
  readonly now?: number | (() => number);
  /** Called with each line of stdout. */
  readonly onLine?: (line: string) => void;
  /** Called with each line of stderr. */
  readonly onError?: (line: string) => void;
  /** Called with each line that is shown for a while. */
  readonly onStatus?: (line: string) => void;
}

export interface Outcome {
  readonly code: number;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
}

export async function run(
  argv: readonly string[],
  { env = {}, stdin, signal, now, onLine, onError, onStatus }: Surroundings = {},
): Promise<Outcome> {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const code = await runCommand({
    argv,
    env,
    stdin: {
      isTerminal: stdin === undefined,
      async *read() {
        if (stdin === undefined) throw new Error('nobody types here');
        yield* typeof stdin === 'string' ? [Buffer.from(stdin)] : stdin;
      },
    },
    stdout: (line) => {
      stdout.push(line);
      onLine?.(line);
    },
    stderr: (line) => {
      stderr.push(line);
      onError?.(line);
    },
    status: (line) => onStatus?.(line),
    signal: signal ?? new AbortController().signal,
    now: typeof now === 'function' ? now : () => now ?? Date.now(),
  });
  return { code, stdout, stderr };
}

/** The one document on stdout. */
export function documentOf({ stdout }: Outcome): unknown {
  if (stdout.length !== 1) throw new Error(`not one line: ${stdout.join('\n')}`);
  return JSON.parse(stdout[0] ?? '');
}
