// Mode and path in → a config file for the broker with a new secret out (protocol §8.2, §8.9). No HTTP.

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { hash } from 'bcryptjs';
import { writeSecretFile } from '../secret-file.js';
import { type CommandContext, EXIT, UsageError, type Verb } from '../verb.js';

const MODES = { dev: 'development', prod: 'production' } as const;

const SECRET_BYTES = 32;

// The broker's own (protocol §0.1).
const BCRYPT_COST = 12;

export const init: Verb = {
  words: ['init'],
  about: "Write the broker's config file, with a new admin secret",
  flags: {
    mode: {
      value: 'MODE',
      about:
        'dev, the default: the file holds the secret.\nprod: it holds a hash, and the secret is printed once',
    },
    force: { about: 'replace a file that exists' },
    'config-path': { value: 'PATH', about: 'else AA_CONFIG_PATH, else ~/.broker/config' },
  },
  notes: `The file can be read by its owner only. It holds MODE and ADMIN_SECRET, and the
broker reads it when it starts.`,
  async run({ flags, context, show }) {
    const mode = readMode(flags.text('mode') ?? 'dev');
    const path = flags.text('config-path') ?? defaultPath(context);
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    const isDev = mode === 'development';
    const kept = isDev ? secret : await hash(secret, BCRYPT_COST);
    writeSecretFile(path, `MODE=${mode}\nADMIN_SECRET=${kept}\n`, { isForced: flags.has('force') });
    show(
      { mode, path, ...(isDev ? {} : { admin_secret: secret }) },
      isDev
        ? [
            `wrote ${path} for development; the secret is in it. For this shell:`,
            `  export AGENTWRIT_ADMIN_SECRET="$(sed -n s/^ADMIN_SECRET=//p ${quoted(path)})"`,
          ]
        : [
            `wrote ${path} for production; it holds the hash of the admin secret, which is`,
            `  ${secret}`,
            'Keep it: nobody can show it again.',
          ],
    );
    return EXIT.ok;
  },
};

function readMode(text: string): (typeof MODES)[keyof typeof MODES] {
  if (text === 'dev' || text === 'prod') return MODES[text];
  throw new UsageError('"--mode" must be dev or prod');
}

function defaultPath({ env }: CommandContext): string {
  const { AA_CONFIG_PATH: given, HOME: home } = env;
  if (given) return given;
  if (home) return join(home, '.broker', 'config');
  throw new UsageError('there is no home folder: give --config-path');
}

/** For a POSIX shell. */
function quoted(path: string): string {
  return `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
