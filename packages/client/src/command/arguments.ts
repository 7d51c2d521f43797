// What was typed in → the command it asks for, and its flags and operands or a UsageError, out.

import { parseArgs } from 'node:util';
import { FlagValues } from './flag-values.js';
import { type Flags, UsageError, type Verb } from './verb.js';

export interface Vocabulary {
  readonly verbs: readonly Verb[];
  /** Those of every command. */
  readonly globalFlags: Flags;
}

export interface Typed {
  /** As many of the words as are known: those of a command, or how some begin. */
  readonly words: readonly string[];
  /** Whether the flag is among what was typed, be the rest right or wrong. */
  readonly asksFor: (flag: string) => boolean;
  /** @throws UsageError when anything is wrong, missing or too much */
  readonly request: () => Request;
}

export interface Request {
  readonly verb: Verb;
  readonly flags: FlagValues;
  readonly operands: readonly string[];
}

interface Option {
  readonly name: string;
  /** `-h`, `--help` */
  readonly rawName: string;
  readonly value: string | undefined;
  readonly isInline: boolean;
}

/**
 * Flags stand anywhere, before, between and after the words. Messages name flags, never what was given for them
 * or beside them: that may be a secret.
 */
export function readArguments(argv: readonly string[], vocabulary: Vocabulary): Typed {
  const { verbs, globalFlags } = vocabulary;
  const known = Object.assign({}, ...verbs.map(({ flags }) => flags), globalFlags) as Flags;
  // Not strict: its messages quote what was typed, and which flags there are depends on the words.
  const { positionals, tokens } = parseArgs({
    args: [...argv],
    options: optionsOf(known),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const options = tokens.flatMap((token): Option[] =>
    token.kind === 'option' ? [{ ...token, isInline: token.inlineValue === true }] : [],
  );
  const words = knownWords(positionals, verbs);
  return {
    words,
    asksFor: (flag) => options.some(({ name }) => name === flag),
    request() {
      const values = readValues(options, known);
      const verb = verbs.find((candidate) => candidate.words.join() === words.join());
      if (verb === undefined) throw unknownWord(words, positionals, verbs);
      const flags = { ...verb.flags, ...globalFlags };
      const foreign = [...values.keys()].find((name) => !Object.hasOwn(flags, name));
      if (foreign !== undefined) throw new UsageError(`"--${foreign}" is no flag of this command`);
      const request = {
        verb,
        flags: new FlagValues(values),
        operands: positionals.slice(words.length),
      };
      assertComplete(request);
      return request;
    },
  };
}

function readValues(
  options: readonly Option[],
  known: Flags,
): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  for (const option of options) {
    const { name, rawName, value } = option;
    const flag = Object.hasOwn(known, name) ? known[name] : undefined;
    if (flag === undefined) throw new UsageError(`unknown flag "${rawName}"`);
    const texts = values.get(name);
    if (flag.value === undefined) {
      if (value !== undefined) throw new UsageError(`"--${name}" takes no value`);
      values.set(name, []);
    } else if (texts === undefined) {
      values.set(name, [readValue(option)]);
    } else {
      if (flag.isRepeatable !== true) throw new UsageError(`"--${name}" is given twice`);
      texts.push(readValue(option));
    }
  }
  return values;
}

function readValue({ name, value, isInline }: Option): string {
  if (value === undefined) throw new UsageError(`"--${name}" needs a value`);
  // A lone "-" is the usual word for stdin.
  if (!isInline && value.length > 1 && value.startsWith('-')) {
    throw new UsageError(`"--${name}" needs a value; one that begins with "-" goes after a "="`);
  }
  // Most likely an unset variable in a script: it must not widen a filter or a scope.
  if (value === '') throw new UsageError(`"--${name}" must not be empty`);
  return value;
}

function assertComplete({ verb, flags, operands }: Request): void {
  const { operands: wanted = [], isLastRepeatable = false } = verb;
  const missing = wanted[operands.length];
  if (missing !== undefined) throw new UsageError(`${missing} is missing`);
  if (operands.includes('')) throw new UsageError(`${wanted.join(' ')} must not be empty`);
  if (!isLastRepeatable && operands.length > wanted.length) {
    throw new UsageError('there is an argument too many, beside the flags');
  }
  for (const [name, flag] of Object.entries(verb.flags)) {
    if (flag.isRequired === true) flags.given(name);
  }
}

function knownWords(positionals: readonly string[], verbs: readonly Verb[]): readonly string[] {
  const longest = Math.max(...verbs.map(({ words }) => words.length));
  for (let length = longest; length > 0; length -= 1) {
    const words = positionals.slice(0, length);
    if (words.length === length && wordsAfter(words, verbs) !== undefined) return words;
  }
  return [];
}

/** What can follow these words, nothing for a complete command; `undefined` when no command begins so. */
export function wordsAfter(
  words: readonly string[],
  verbs: readonly Verb[],
): readonly string[] | undefined {
  const begun = verbs.filter((verb) => words.every((word, index) => verb.words[index] === word));
  if (begun.length === 0) return undefined;
  return [...new Set(begun.flatMap((verb) => verb.words.slice(words.length, words.length + 1)))];
}

function unknownWord(
  words: readonly string[],
  positionals: readonly string[],
  verbs: readonly Verb[],
): UsageError {
  const next = wordsAfter(words, verbs)?.join(', ') ?? '';
  return new UsageError(
    positionals.length === words.length
      ? `a command is missing: ${next}`
      : `no such command; there are ${next}`,
  );
}

function optionsOf(flags: Flags): NonNullable<Parameters<typeof parseArgs>[0]>['options'] {
  return Object.fromEntries(
    Object.entries(flags).map(([name, { value }]) => [
      name,
      {
        type: value === undefined ? 'boolean' : 'string',
        multiple: true,
        ...(name === 'help' ? { short: 'h' } : {}),
      },
    ]),
  );
}
