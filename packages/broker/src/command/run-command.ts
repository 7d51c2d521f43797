// Arguments, environment and signals in → lines and an exit code out.

import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { BROKER_VERSION } from '../http/routes/health.js';
import { systemErrorText } from '../system-error.js';
import type { Environment } from './environment.js';
import { HELP } from './help.js';
import { type LineWriter, visible } from './log-lines.js';
import { MissingSecretError } from './operator-secret.js';
import { startBroker } from './start-broker.js';

export type StopSignal = 'SIGINT' | 'SIGTERM';

export interface CommandContext {
  /** What follows the name of the command. */
  readonly argv: readonly string[];
  readonly env: Environment;
  readonly stdout: LineWriter;
  readonly stderr: LineWriter;
  /** Calls back at each of these signals. */
  readonly onSignal: (callback: (signal: StopSignal) => void) => void;
}

const FLAGS = ['--help', '--version', '--strict'];
const SHORT_HELP = '-h';

/**
 * Runs until a signal stops it. With a code above 128 work may still be under way, and the process should
 * end at once.
 */
export async function runCommand(context: CommandContext): Promise<number> {
  const { stdout, stderr } = context;
  const argv = context.argv.map((argument) => (argument === SHORT_HELP ? '--help' : argument));
  const unknown = argv.find((argument) => !FLAGS.includes(argument));
  if (unknown !== undefined) {
    stderr(`agentwrit-broker: ${unknownText(unknown)}; it takes ${FLAGS.join(', ')}`);
    return 2;
  }
  if (argv.includes('--help')) stdout(HELP.trimEnd());
  else if (argv.includes('--version')) stdout(versionText());
  else return Promise.race([serve(context), secondSignal(context.onSignal)]);
  return 0;
}

async function serve({ argv, env, stdout, stderr, onSignal }: CommandContext): Promise<number> {
  // From the start, so that one that comes too early is not lost.
  const stop = new Promise<StopSignal>(onSignal);
  try {
    const strict = argv.includes('--strict');
    const { broker, log } = await startBroker({ env, strict, stdout, stderr });
    const message = `${await stop}: finishing running requests; another one ends them`;
    log({ level: 'OK', module: 'BROKER', component: 'main', message });
    await broker.close();
    return 0;
  } catch (error) {
    stderr(visible(`FATAL: ${systemErrorText(error)}`));
    if (error instanceof MissingSecretError) stderr(error.remedy);
    return 1;
  }
}

function secondSignal(onSignal: CommandContext['onSignal']): Promise<number> {
  let count = 0;
  return new Promise((resolve) => {
    onSignal((signal) => {
      count += 1;
      // What a shell makes of a process that a signal ended.
      if (count === 2) resolve(128 + constants.signals[signal]);
    });
  });
}

// Whatever follows a `=` may be a secret, and so may be what is no flag at all.
function unknownText(argument: string): string {
  if (!argument.startsWith('--')) return 'an argument it does not know';
  const [name, ...values] = argument.split('=');
  return `unknown flag "${visible(`${name}${values.length > 0 ? '=…' : ''}`)}"`;
}

function versionText(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest
      ? String(manifest.version)
      : 'of an unknown version';
  return `@agentwrit/broker ${version}, compatible with AgentWrit broker ${BROKER_VERSION}`;
}
