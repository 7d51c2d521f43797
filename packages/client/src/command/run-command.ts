// Arguments, environment and streams in → lines and an exit code out.

import { readFileSync } from 'node:fs';
import { readArguments } from './arguments.js';
import { GLOBAL_FLAGS } from './connection.js';
import { report } from './failure.js';
import { helpFor, usageOf } from './help.js';
import { jsonLine, visible } from './printing.js';
import { type CommandContext, Ending, EXIT } from './verb.js';
import { VERBS } from './verbs.js';

export type { CommandContext } from './verb.js';

const VOCABULARY = { verbs: VERBS, globalFlags: GLOBAL_FLAGS };

/** Never rejects. */
export async function runCommand(context: CommandContext): Promise<number> {
  const { argv, stdout, stderr, signal } = context;
  const typed = readArguments(argv, VOCABULARY);
  const isJson = typed.asksFor('json');
  try {
    if (typed.asksFor('help')) {
      stdout(helpFor(typed.words, VOCABULARY));
      return EXIT.ok;
    }
    if (typed.asksFor('version')) {
      stdout(`@agentwrit/client ${version()}`);
      return EXIT.ok;
    }
    const { verb, flags, operands } = typed.request();
    return await verb.run({
      flags,
      operands,
      context,
      isJson,
      show(document, lines) {
        if (isJson) stdout(jsonLine(document));
        else for (const line of lines) stdout(visible(line));
      },
    });
  } catch (error) {
    if (signal.aborted && signal.reason instanceof Ending) return signal.reason.exitCode;
    return report(error, { isJson, stderr, usage: usageOf(typed.words, VOCABULARY) });
  }
}

function version(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'of an unknown version';
}
