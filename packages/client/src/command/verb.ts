// What a command of `agentwrit` is: words, flags, what it does.

import type { FlagValues } from './flag-values.js';

/** How every command ends. Three outcomes stay apart: done, refused, could not ask. */
export const EXIT = {
  ok: 0,
  /** The broker said no, the token cannot be one, an audit file is not what was written, or there is drift. */
  refused: 1,
  /** The command line or the environment is wrong; nothing was sent. */
  wrongUse: 2,
  /** Nobody knows: no answer, or none that can be read, or a file that cannot be. */
  fault: 3,
  /** What a shell makes of a process that SIGINT ended. */
  interrupted: 130,
} as const;

export interface Flag {
  /** What stands for its value in the help. Without one it is a switch. */
  readonly value?: string;
  /** For the help, in lines. */
  readonly about: string;
  readonly isRequired?: boolean;
  readonly isRepeatable?: boolean;
}

export type Flags = Readonly<Record<string, Flag>>;

/** A new command is one of these, and a line in the table of `verbs.ts`. */
export interface Verb {
  /** `['app', 'register']` */
  readonly words: readonly string[];
  /** One line. */
  readonly about: string;
  /** What has to follow the words, as the help names it. */
  readonly operands?: readonly string[];
  /** The last of them may be given several times. */
  readonly isLastRepeatable?: boolean;
  /** Its own. A name means a switch, or a value, in all commands alike. */
  readonly flags: Flags;
  /** Goes under the flags in the help. */
  readonly notes?: string;
  /** @returns how it ended, one of {@link EXIT}; what is thrown is reported */
  readonly run: (call: Call) => Promise<number>;
}

export interface Call {
  readonly flags: FlagValues;
  /** As many as the command wants; at least so many where the last is repeatable. */
  readonly operands: readonly string[];
  readonly context: CommandContext;
  readonly isJson: boolean;
  /** Prints one of the two: the document for programs, the lines for people. */
  readonly show: (document: object, lines: readonly string[]) => void;
}

/** Writes one line; the line end is its own business. */
export type LineWriter = (line: string) => void;

export interface CommandContext {
  /** What follows the name of the command. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: {
    readonly isTerminal: boolean;
    readonly read: () => AsyncIterable<Uint8Array>;
  };
  readonly stdout: LineWriter;
  readonly stderr: LineWriter;
  /** Shows a line on stderr until the next one, or nothing in its place. Where nobody watches, it is not shown. */
  readonly status: LineWriter;
  /** Aborts with an {@link Ending}. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Somebody ended the command: by SIGINT, or by closing the pipe it writes to. */
export class Ending extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super('ended');
    this.exitCode = exitCode;
  }
}

/** The command line or the environment is wrong. The message holds no value that may be a secret. */
export class UsageError extends Error {}

/** There was no answer to a question whose every refusal is an answer, too. */
export class UnansweredError extends Error {
  constructor(cause: unknown) {
    super('unanswered', { cause });
  }
}
