// The places where a config file may lie in → what the first usable one says, and why others are not
// usable, out (protocol §8.2).

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { systemErrorReason } from '../system-error.js';

export interface ConfigFile {
  readonly mode: string;
  /** `''` when no file has one. */
  readonly adminSecret: string;
  /** One for each file that was passed over. */
  readonly warnings: readonly string[];
}

type Search =
  | { readonly outcome: 'read'; readonly text: string }
  | { readonly outcome: 'missing' }
  | { readonly outcome: 'unusable'; readonly why: string };

// Two short lines are wanted; a file of this size is something else.
const MAX_BYTES = 65_536;

const GROUP_AND_OTHERS = 0o077;

/** In the order in which they are tried. */
export function configLocations({
  configPath,
  home,
}: {
  /** `''`: none given. */
  readonly configPath: string;
  /** `''`: there is none. */
  readonly home: string;
}): readonly string[] {
  return [
    ...(configPath === '' ? [] : [configPath]),
    '/etc/broker/config',
    ...(home === '' ? [] : [join(home, '.broker', 'config')]),
  ];
}

/** Never fails: a file that cannot be used is passed over with a warning, a missing one without. */
export function readConfigFile(locations: readonly string[]): ConfigFile {
  const warnings: string[] = [];
  for (const path of locations) {
    const search = readPrivateFile(path);
    if (search.outcome === 'read') return { ...parseConfig(search.text), warnings };
    if (search.outcome === 'unusable') {
      warnings.push(`config file ${path} is skipped: ${search.why}`);
    }
  }
  return { ...parseConfig(''), warnings };
}

// All through one descriptor: what is checked is what is read, whatever happens to the path meanwhile.
function readPrivateFile(path: string): Search {
  let descriptor: number;
  try {
    // Without O_NONBLOCK, opening a pipe would wait for somebody to write.
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    descriptor = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    return openFailure(error);
  }
  try {
    const { mode, size } = fstatSync(descriptor);
    if ((mode & constants.S_IFMT) !== constants.S_IFREG) return unusable('it is no regular file');
    if ((mode & GROUP_AND_OTHERS) !== 0) {
      const bits = (mode & 0o777).toString(8).padStart(4, '0');
      const why = `its permissions are ${bits}, and only its owner may have any`;
      return unusable(`${why}: chmod 600 ${path}`);
    }
    if (size > MAX_BYTES) return unusable(`it is larger than ${MAX_BYTES} bytes`);
    const bytes = Buffer.alloc(size);
    // What is appended meanwhile is not read.
    const length = readSync(descriptor, bytes, 0, size, 0);
    return { outcome: 'read', text: bytes.toString('utf8', 0, length) };
  } catch (error) {
    return unusable(`it cannot be read: ${systemErrorReason(error)}`);
  } finally {
    closeSync(descriptor);
  }
}

function openFailure(error: unknown): Search {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  // The second: something on the way is a file, so this one cannot be there.
  if (code === 'ENOENT' || code === 'ENOTDIR') return { outcome: 'missing' };
  if (code === 'ELOOP') return unusable('it is a symbolic link');
  return unusable(`it cannot be opened: ${systemErrorReason(error)}`);
}

function unusable(why: string): Search {
  return { outcome: 'unusable', why };
}

function parseConfig(text: string): Omit<ConfigFile, 'warnings'> {
  let mode = 'development';
  let adminSecret = '';
  for (const line of text.split('\n')) {
    const equals = line.indexOf('=');
    const value = line.slice(equals + 1).trim();
    // A comment has no name that is known here, whatever it says.
    switch (equals === -1 ? '' : line.slice(0, equals).trim()) {
      case 'MODE':
        mode = value;
        break;
      case 'ADMIN_SECRET':
        adminSecret = value;
        break;
      default:
    }
  }
  return { mode, adminSecret };
}
