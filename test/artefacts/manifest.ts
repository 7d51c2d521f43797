// A package's folder in → its manifest, what it lets users import, and the files behind that out.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The part of a package.json that is read here. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly engines: { readonly node: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, Target>>;
  readonly bin?: Readonly<Record<string, string>>;
}

/** A file, or one for each condition that may hold where the package is imported. */
type Target = string | { readonly [condition: string]: Target };

export interface Entry {
  /** As a user writes it: `@agentwrit/broker/testing`. */
  readonly id: string;
  /** Every file that any condition names, relative to the package. */
  readonly files: readonly string[];
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** What a user may import. */
export function entriesOf({ name, exports }: Manifest): readonly Entry[] {
  return Object.entries(exports)
    .filter(([path]) => path !== './package.json')
    .map(([path, target]) => ({
      id: join(name, path).replaceAll('\\', '/'),
      files: filesOf(target),
    }));
}

function filesOf(target: Target): readonly string[] {
  if (typeof target === 'string') return [target];
  return [...new Set(Object.values(target).flatMap(filesOf))];
}
