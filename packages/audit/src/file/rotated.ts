// The path of an audit file in → the names of the files that it was before, oldest first, out.

import { basename, dirname, extname, join } from 'node:path';
import type { Disk } from './disk.js';
import { AuditFileError } from './file-error.js';

const DIGITS = 12;

/** `audit.jsonl` whose first event is 123 → `audit.000000000123.jsonl` */
export function rotatedPath(path: string, firstNumber: number): string {
  const { stem, extension } = partsOf(path);
  return join(dirname(path), `${stem}${String(firstNumber).padStart(DIGITS, '0')}${extension}`);
}

/** Paths, oldest first. Only names that {@link rotatedPath} makes are taken for ours. */
export function rotatedPaths(disk: Disk, path: string): readonly string[] {
  const found: { readonly number: number; readonly path: string }[] = [];
  for (const name of disk.list(dirname(path))) {
    const number = numberIn(name, path);
    if (number !== undefined) found.push({ number, path: join(dirname(path), name) });
  }
  return found.toSorted((a, b) => a.number - b.number).map((file) => file.path);
}

/** @throws AuditFileError `rotation_failed`; then the file is where it was */
export function moveAside(disk: Disk, path: string, firstNumber: number): void {
  const target = rotatedPath(path, firstNumber);
  try {
    // A rename would replace one that is there.
    if (disk.stat(target) === undefined) return disk.rename(path, target);
  } catch (error) {
    throw cannotRotate(path, `it cannot become ${target}`, error);
  }
  throw cannotRotate(path, `${target} is there already`);
}

function cannotRotate(path: string, why: string, cause?: unknown): AuditFileError {
  return new AuditFileError('rotation_failed', `${path} cannot be rotated: ${why}`, cause);
}

/** Deletes the oldest, so that so many are left. */
export async function removeOldest(disk: Disk, path: string, keepFiles: number): Promise<void> {
  for (const old of rotatedPaths(disk, path).slice(0, -keepFiles)) await disk.remove(old);
}

function numberIn(name: string, path: string): number | undefined {
  const { stem, extension } = partsOf(path);
  if (!name.startsWith(stem) || !name.endsWith(extension)) return undefined;
  const digits = name.slice(stem.length, name.length - extension.length);
  const number = Number(digits);
  const isOurs =
    /^\d{12,15}$/.test(digits) && number > 0 && basename(rotatedPath(path, number)) === name;
  return isOurs ? number : undefined;
}

function partsOf(path: string): { readonly stem: string; readonly extension: string } {
  const extension = extname(path);
  return { stem: `${basename(path, extension)}.`, extension };
}
