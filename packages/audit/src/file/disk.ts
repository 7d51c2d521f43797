// What an audit file asks of a file system, and Node's answer to it. What can take long, writing,
// syncing and deleting, is asynchronous: the rest is a look at what the system has in memory, or happens once in a long time.

import {
  type BigIntStats,
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  fsync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  statSync,
  unlink,
  write,
  writeSync,
} from 'node:fs';

/** Every operation throws, or rejects with, the system's error. */
export interface Disk {
  /** For appending and reading; made if it is not there, for its owner alone. */
  readonly open: (path: string) => OpenFile;
  /** As `open`, but fails where the path is a link: somebody may have put it there. */
  readonly openItself: (path: string) => OpenFile;
  /** `undefined` when there is nothing. */
  readonly stat: (path: string) => FileFacts | undefined;
  readonly list: (directory: string) => readonly string[];
  readonly rename: (from: string, to: string) => void;
  readonly remove: (path: string) => Promise<void>;
  /** Makes names durable: those of files that were created, renamed or removed. */
  readonly syncDirectory: (directory: string) => Promise<void>;
  readonly syncDirectoryNow: (directory: string) => void;
}

export interface FileFacts {
  /** The same for the same file, whatever it is called. */
  readonly id: string;
  readonly size: number;
  readonly isFile: boolean;
  /** Whether it has a name; one that was removed and is open has none. */
  readonly isLinked: boolean;
}

export interface OpenFile {
  readonly stat: () => FileFacts;
  /** @returns how many bytes were read: 0 at the end */
  readonly read: (buffer: Uint8Array, position: number) => number;
  readonly truncate: (size: number) => void;
  /** Appends. @returns how many bytes were written, which may be fewer */
  readonly write: (bytes: Uint8Array) => Promise<number>;
  /** As `write`, and on disk when it returns. */
  readonly writeSync: (bytes: Uint8Array) => void;
  /** Resolves when what was written is on disk. */
  readonly sync: () => Promise<void>;
  readonly close: () => void;
}

// Without O_NONBLOCK, opening a pipe would wait for somebody to read.
const APPEND =
  constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | (constants.O_NONBLOCK ?? 0);

export const nodeDisk: Disk = {
  open: (path) => openFile(openSync(path, APPEND, 0o600)),
  openItself: (path) => openFile(openSync(path, APPEND | (constants.O_NOFOLLOW ?? 0), 0o600)),
  stat: (path) => {
    const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
    return stats && factsOf(stats);
  },
  list: (directory) => readdirSync(directory),
  rename: (from, to) => renameSync(from, to),
  remove: (path) => done((callback) => unlink(path, callback)),
  syncDirectory: async (directory) => {
    // Windows opens no directories.
    if (process.platform === 'win32') return;
    const descriptor = openSync(directory, 'r');
    try {
      await done((callback) => fsync(descriptor, callback));
    } finally {
      closeSync(descriptor);
    }
  },
  syncDirectoryNow: (directory) => {
    if (process.platform === 'win32') return;
    const descriptor = openSync(directory, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  },
};

function openFile(descriptor: number): OpenFile {
  return {
    stat: () => factsOf(fstatSync(descriptor, { bigint: true })),
    read: (buffer, position) => readSync(descriptor, buffer, 0, buffer.length, position),
    truncate: (size) => ftruncateSync(descriptor, size),
    write: (bytes) =>
      new Promise((resolve, reject) => {
        write(descriptor, bytes, (error, written) => {
          if (error) reject(error);
          else resolve(written);
        });
      }),
    writeSync: (bytes) => {
      let at = 0;
      while (at < bytes.length) at += writeSync(descriptor, bytes, at);
      fsyncSync(descriptor);
    },
    sync: () => done((callback) => fdatasync(descriptor, callback)),
    close: () => closeSync(descriptor),
  };
}

function done(start: (callback: (error: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

// Some file systems have ids of 64 bits: as numbers, two files could have the same.
function factsOf(stats: BigIntStats): FileFacts {
  return {
    id: `${stats.dev}:${stats.ino}`,
    size: Number(stats.size),
    isFile: stats.isFile(),
    isLinked: stats.nlink > 0n,
  };
}
