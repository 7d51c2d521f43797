// A path as given in → the one that leads to the same file without symbolic links, so that one file has one name,
// out.

import { readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { AuditFileError, systemCode } from './file-error.js';

// As Linux (path_resolution(7)).
const MAX_LINKS = 40;

/**
 * The file may not be there yet, not even where a link leads.
 *
 * @throws AuditFileError `open_failed` when its folder is not there
 */
export function realPath(path: string): string {
  let at = resolve(path);
  for (let links = 0; links < MAX_LINKS; links += 1) {
    try {
      return realpathSync(at);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw cannotFind(at, error);
    }
    const folder = folderOf(at);
    const target = linkAt(join(folder, basename(at)));
    if (target === undefined) return join(folder, basename(at));
    at = resolve(folder, target);
  }
  throw new AuditFileError('open_failed', `too many links lead from ${path}`);
}

function folderOf(path: string): string {
  try {
    return realpathSync(dirname(path));
  } catch (error) {
    throw cannotFind(dirname(path), error);
  }
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function cannotFind(path: string, cause: unknown): AuditFileError {
  return new AuditFileError('open_failed', `cannot find ${path}`, cause);
}
