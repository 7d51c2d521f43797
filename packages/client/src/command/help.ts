// Words that were typed in → what `--help` prints for them, and the usage line of a mistake, out.

import { type Vocabulary, wordsAfter } from './arguments.js';
import type { Flags, Verb } from './verb.js';

const WIDTH = 78;

const GENERAL = `
Environment:
  AGENTWRIT_BROKER_URL    the broker, unless --broker says it
  AGENTWRIT_ADMIN_SECRET  the operator's secret; no flag takes one, as what is
                          typed is visible in process lists
  AACTL_BROKER_URL and AACTL_ADMIN_SECRET are read where those are not set. An
  empty variable counts as one that is not set.

Exit codes:
  0    done
  1    the broker refused, the token cannot be one, an audit file is not what
       was written, or drift has what --fail-on names
  2    wrong use; nothing was sent
  3    could not ask: no answer, or none that can be read, or a file that
       cannot be read
  130  ended by SIGINT

Example:
  agentwrit app register --name orders --scopes read:data:*,write:data:*`;

/** In lines shorter than 80 columns. */
export function helpFor(words: readonly string[], vocabulary: Vocabulary): string {
  const { verbs, globalFlags } = vocabulary;
  const verb = verbs.find((candidate) => candidate.words.join() === words.join());
  if (verb !== undefined) {
    const { notes, flags } = verb;
    const own = Object.keys(flags).length > 0 ? ['', 'Flags:', ...flagLines(flags)] : [];
    return [
      usageOf(words, vocabulary),
      '',
      `${verb.about}.`,
      ...(notes === undefined ? [] : ['', notes]),
      ...own,
      '',
      'Flags of every command:',
      ...flagLines(globalFlags),
    ].join('\n');
  }
  const members = verbs.filter((member) => words.every((word, at) => member.words[at] === word));
  return [
    usageOf(words, vocabulary),
    '',
    'Commands:',
    ...columns(members.map((member) => [signature(member), member.about])),
    ...(words.length > 0
      ? []
      : ['', 'Flags of every command:', ...flagLines(globalFlags), GENERAL]),
    '',
    '"agentwrit COMMAND --help" says more of each.',
  ].join('\n');
}

/** `Usage: agentwrit app get APP_ID`, in more than one line if need be. */
export function usageOf(words: readonly string[], { verbs }: Vocabulary): string {
  const verb = verbs.find((candidate) => candidate.words.join() === words.join());
  const parts =
    verb === undefined
      ? [`{${wordsAfter(words, verbs)?.join('|') ?? ''}}`, '[flags]']
      : [...operandsOf(verb), ...Object.entries(verb.flags).map(flagUsage)];
  const start = ['Usage: agentwrit', ...words].join(' ');
  return parts
    .reduce<string[]>(
      (lines, part) => {
        const line = lines.at(-1) ?? '';
        if (line.length + 1 + part.length > WIDTH) return [...lines, `         ${part}`];
        return [...lines.slice(0, -1), `${line} ${part}`];
      },
      [start],
    )
    .join('\n');
}

function signature(verb: Verb): string {
  return [...verb.words, ...operandsOf(verb)].join(' ');
}

function operandsOf({ operands = [], isLastRepeatable = false }: Verb): readonly string[] {
  const last = operands.at(-1);
  if (last === undefined || !isLastRepeatable) return operands;
  return [...operands.slice(0, -1), `${last} …`];
}

function flagUsage([name, { value, isRequired, isRepeatable }]: [string, Flags[string]]): string {
  const text = value === undefined ? `--${name}` : `--${name} ${value}`;
  const repeated = isRepeatable === true ? `${text} …` : text;
  return isRequired === true ? repeated : `[${repeated}]`;
}

function flagLines(flags: Flags): readonly string[] {
  return columns(
    Object.entries(flags).map(([name, { value, about }]) => {
      const short = name === 'help' ? ', -h' : '';
      return [`--${name}${short}${value === undefined ? '' : ` ${value}`}`, about];
    }),
  );
}

/** The second cell may have several lines. */
function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.flatMap(([name, about]) =>
    about
      .split('\n')
      .map((line, index) => `  ${(index === 0 ? name : '').padEnd(width)}  ${line}`.trimEnd()),
  );
}
