// The name of a runtime in → the path of its program out, found in the packages that npm has for this machine.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const RUNNING = Number(process.versions.node.split('.')[0]);

/** The majors that packages exist for, and the one that runs the tests. */
export const nodeMajors: readonly number[] = [...new Set([20, 22, 24, 26, RUNNING])].toSorted(
  (one, other) => one - other,
);

/** `undefined` where this machine has no such package: no Node for macOS, say. */
export function nodeBinary(major: number): string | undefined {
  if (major === RUNNING) return process.execPath;
  const folder = folderOf(`node-${major}-${process.platform}-${process.arch}`, import.meta.url);
  return folder && existing(join(folder, 'bin', 'node'));
}

/**
 * The program of a package that has one package for each platform, of which the one that fits is installed. Its
 * own command would first have to be set up by an install script, and those do not run here.
 *
 * @param file where the program is in the platform's package
 */
export function platformBinary(packageName: string, file: string): string | undefined {
  const folder = folderOf(packageName, import.meta.url);
  if (folder === undefined) return undefined;
  const manifest = join(folder, 'package.json');
  const { optionalDependencies } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    optionalDependencies: Record<string, string>;
  };
  return Object.keys(optionalDependencies)
    .map((name) => folderOf(name, manifest))
    .map((platform) => platform && existing(join(platform, file)))
    .find((path) => path !== undefined);
}

function folderOf(packageName: string, importer: string): string | undefined {
  try {
    return dirname(createRequire(importer).resolve(`${packageName}/package.json`));
  } catch {
    return undefined;
  }
}

function existing(path: string): string | undefined {
  return existsSync(path) ? path : undefined;
}
