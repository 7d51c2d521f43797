// A folder and a step in → what the step answers when it has no rights in that folder out.

import { chmodSync, statSync } from 'node:fs';

// A user that owns nothing, for a run as root, whom no mode keeps out.
const NOBODY = 65_534;

/** @param mode what others have, and what the owner has during the step: 0, or 0o555 for all but writing */
export function withoutRights<T>(directory: string, mode: 0 | 0o555, step: () => T): T {
  const before = statSync(directory).mode;
  const isRoot = process.geteuid?.() === 0;
  chmodSync(directory, mode);
  if (isRoot) process.seteuid?.(NOBODY);
  try {
    return step();
  } finally {
    if (isRoot) process.seteuid?.(0);
    chmodSync(directory, before);
  }
}
