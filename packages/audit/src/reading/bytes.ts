// A path in → the bytes that the file held when reading began, in pieces, out.

import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { AuditReadError } from './read-error.js';

/** Bytes from somewhere else than a file, stdin for one. */
export type ByteStream = AsyncIterable<Uint8Array>;

/** Which file a path leads to, and how long it is. */
export interface FileIdentity {
  /** The same for every path to it, links included. */
  readonly key: string;
  readonly size: number;
}

// Large enough that reading costs little beside parsing, small enough that nobody waits for a sign of life.
const PIECE_BYTES = 256 * 1024;

/** @throws AuditReadError */
export async function identify(path: string): Promise<FileIdentity> {
  try {
    const found = await stat(path, { bigint: true });
    return { key: keyOf(found), size: Number(found.size) };
  } catch (error) {
    throw new AuditReadError(path, error);
  }
}

function keyOf({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): string {
  return `${dev}:${ino}`;
}

/**
 * Each piece is overwritten by the next. A file that grows ends where it ended at the start.
 *
 * @param key which file it has to be, where that is known: what a log is rotated to would look like a break
 * @throws AuditReadError when it is no regular file, cannot be read, gets shorter while it is read, or is another
 */
export async function* readBytes(path: string, key?: string): AsyncGenerator<Buffer, void> {
  const handle = await openFile(path);
  try {
    const size = await sizeOf(handle, path, key);
    const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(PIECE_BYTES, size)));
    for (let position = 0; position < size; ) {
      const wanted = Math.min(buffer.length, size - position);
      const { bytesRead } = await attempt(path, handle.read(buffer, 0, wanted, position));
      if (bytesRead === 0) throw new AuditReadError(path, 'it got shorter while it was read');
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

function openFile(path: string): Promise<FileHandle> {
  // Else a named pipe that nobody writes to would be waited for. Windows has neither, and ORs nothing.
  return attempt(path, open(path, constants.O_RDONLY | constants.O_NONBLOCK));
}

async function sizeOf(handle: FileHandle, path: string, key: string | undefined): Promise<number> {
  const found = await attempt(path, handle.stat({ bigint: true }));
  if (found.isDirectory()) throw new AuditReadError(path, 'it is a folder');
  if (!found.isFile())
    throw new AuditReadError(path, 'it is no regular file; what is piped in is called "-"');
  if (key !== undefined && keyOf(found) !== key)
    throw new AuditReadError(path, 'another file took its place while the files were read');
  return Number(found.size);
}

async function attempt<T>(path: string, step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    throw new AuditReadError(path, error);
  }
}
