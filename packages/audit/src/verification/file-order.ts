// Paths as given in → the files in the order of the events in them out.

import { type ByteStream, identify, readBytes } from '../reading/bytes.js';
import type { AuditLine } from '../reading/line.js';
import { batchesOf, readAuditBatches } from '../reading/lines.js';
import { numberOf } from './chain-walk.js';

export interface OrderOptions {
  readonly signal: AbortSignal | undefined;
  readonly stdin: ByteStream | undefined;
}

export interface OrderedFile {
  readonly path: string;
  /** Bytes; `undefined` for stdin. */
  readonly size: number | undefined;
  /** Whether there is any line in it. */
  readonly isEmpty: boolean;
  /** Its lines; good once. */
  readonly read: (onProgress: (bytes: number) => void) => AsyncIterable<readonly AuditLine[]>;
  /** Once nobody reads any more: a pipe that is left open keeps the process from ending. */
  readonly close: () => Promise<unknown>;
}

export interface FileOrder {
  readonly files: readonly OrderedFile[];
  /** Paths of files that were given before. */
  readonly repeated: readonly string[];
}

interface PlacedFile extends OrderedFile {
  readonly place: number | undefined;
}

/** @throws AuditReadError when one cannot be read */
export async function orderFiles(
  paths: readonly string[],
  options: OrderOptions,
): Promise<FileOrder> {
  const seen = new Set<string>();
  const repeated: string[] = [];
  const files: (PlacedFile & { readonly place: number })[] = [];
  // A file without a number stays behind the one it was given after.
  let before = 0;
  const add = async (path: string): Promise<void> => {
    const isStdin = path === '-' && options.stdin !== undefined;
    const identity = isStdin ? undefined : await identify(path);
    const key = identity?.key ?? path;
    if (seen.has(key)) {
      repeated.push(path);
    } else {
      seen.add(key);
      const file = isStdin ? await readAhead(path, options) : await look(path, { ...options, key });
      before = file.place ?? before;
      files.push({ ...file, size: identity?.size, place: file.isEmpty ? Infinity : before });
    }
  };
  try {
    for (const path of paths) await add(path);
  } catch (error) {
    await closeAll(files);
    throw error;
  }
  return { files: files.toSorted((one, other) => order(one.place, other.place)), repeated };
}

export async function closeAll(files: readonly OrderedFile[]): Promise<void> {
  await Promise.all(files.map((file) => file.close()));
}

function order(one: number, other: number): number {
  // Not the difference: that of two infinities is no number.
  return one === other ? 0 : one < other ? -1 : 1;
}

/** Opens it twice rather than keep all of them open. */
async function look(
  path: string,
  { signal, key }: OrderOptions & { readonly key: string },
): Promise<PlacedFile> {
  let first: readonly AuditLine[] = [];
  for await (const batch of readAuditBatches(path, { signal })) {
    first = batch;
    break;
  }
  return {
    path,
    size: undefined,
    isEmpty: first.length === 0,
    place: placeOf(first),
    read: (onProgress) => batchesOf(path, readBytes(path, key), { signal, onProgress }),
    // Whoever leaves the loop has closed it.
    close: () => Promise.resolve(),
  };
}

async function readAhead(path: string, { signal, stdin }: OrderOptions): Promise<PlacedFile> {
  let report = (_bytes: number): void => undefined;
  const onProgress = (bytes: number): void => report(bytes);
  const batches = readAuditBatches(path, { signal, stdin, onProgress });
  const next = await batches.next();
  const first = next.done === true ? [] : next.value;
  return {
    path,
    size: undefined,
    isEmpty: first.length === 0,
    place: placeOf(first),
    async *read(listener) {
      report = listener;
      yield first;
      yield* batches;
    },
    close: () => batches.return(),
  };
}

/**
 * Where its events belong: the number in the middle of the first ones, as the very first may be the one that
 * was changed.
 */
function placeOf(lines: readonly AuditLine[]): number | undefined {
  const numbers = lines
    .flatMap((line) => (line.fault === undefined ? [numberOf(line.event.id)] : []))
    .filter((number) => number !== undefined)
    .toSorted((one, other) => one - other);
  return numbers[Math.floor(numbers.length / 2)];
}
