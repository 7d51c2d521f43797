// A disk in memory that fails as it is told and can lose power: what was not synced is then gone, in part.

import { basename, dirname } from 'node:path';
import type { Disk, FileFacts, OpenFile } from '../../src/file/disk.js';
import type { FileLock } from '../../src/file/lock.js';

interface Node {
  readonly id: string;
  bytes: Buffer;
  /** How much of it would survive. */
  durable: number;
}

/** Of a file that has one writer anyway. */
export function noLock(): FileLock {
  return { isHeld: () => true, release: () => undefined };
}

/** What fails next, once each. */
export interface Failures {
  /** After this share of the bytes were written. */
  write?: number;
  sync?: boolean;
  syncDirectory?: boolean;
  truncate?: boolean;
  rename?: boolean;
  open?: boolean;
}

export class MemoryDisk implements Disk {
  readonly files = new Map<string, Node>();
  readonly fail: Failures = {};
  /** So many bytes at most in one write. */
  longestWrite = Infinity;
  /** Opened and not closed. */
  openFiles = 0;
  readonly writes: number[] = [];
  syncs = 0;
  directorySyncs = 0;
  #nodes = 0;

  text(path: string): string {
    return this.files.get(path)?.bytes.toString('utf8') ?? '';
  }

  put(path: string, text: string): void {
    const bytes = Buffer.from(text);
    this.files.set(path, { id: this.#nextId(), bytes, durable: bytes.length });
  }

  /** @param share of what was not synced that survives all the same, 0 to 1 */
  losePower(share: number): void {
    for (const node of this.files.values()) {
      const kept = node.durable + Math.floor((node.bytes.length - node.durable) * share);
      node.bytes = node.bytes.subarray(0, kept);
      node.durable = kept;
    }
  }

  /** As `losePower`, and what is lost is zeros in front of what survives. */
  losePages(share: number): void {
    for (const node of this.files.values()) {
      const { length } = node.bytes;
      const from = node.durable + Math.floor((length - node.durable) * share);
      // A page of a small system.
      node.bytes = Buffer.from(node.bytes).fill(0, from, Math.min(length, from + 512));
      node.durable = length;
    }
  }

  readonly open = (path: string): OpenFile => this.openFile(path);

  openFile(path: string): OpenFile {
    this.#failIf('open', 'EMFILE');
    let node = this.files.get(path);
    if (node === undefined) {
      node = { id: this.#nextId(), bytes: Buffer.alloc(0), durable: 0 };
      this.files.set(path, node);
    }
    this.openFiles += 1;
    return this.#openNode(node);
  }

  readonly openItself = (path: string): OpenFile => this.openFile(path);

  readonly stat = (path: string): FileFacts | undefined => {
    const node = this.files.get(path);
    return node && this.#factsOf(node);
  };

  readonly list = (directory: string): readonly string[] =>
    [...this.files.keys()]
      .filter((path) => dirname(path) === directory)
      .map((path) => basename(path));

  readonly rename = (from: string, to: string): void => {
    this.#failIf('rename', 'EPERM');
    const node = this.files.get(from);
    if (node === undefined) throw systemError('ENOENT');
    this.files.delete(from);
    this.files.set(to, node);
  };

  readonly remove = async (path: string): Promise<void> => {
    await turn();
    if (!this.files.delete(path)) throw systemError('ENOENT');
  };

  readonly syncDirectory = async (): Promise<void> => {
    this.directorySyncs += 1;
    this.#failIf('syncDirectory', 'EIO');
  };

  readonly syncDirectoryNow = (): void => {
    this.directorySyncs += 1;
    this.#failIf('syncDirectory', 'EIO');
  };

  #openNode(node: Node): OpenFile {
    const append = (bytes: Uint8Array): void => {
      node.bytes = Buffer.concat([node.bytes, bytes]);
    };
    return {
      stat: () => this.#factsOf(node),
      read: (buffer, position) => node.bytes.copy(buffer, 0, position),
      truncate: (size) => {
        this.#failIf('truncate', 'EIO');
        const { length } = node.bytes;
        // As ftruncate(2) does, which can make a file longer, too.
        node.bytes = Buffer.concat([
          node.bytes.subarray(0, size),
          Buffer.alloc(Math.max(0, size - length)),
        ]);
        node.durable = Math.min(node.durable, size);
      },
      write: async (bytes) => {
        await turn();
        const share = this.fail.write;
        delete this.fail.write;
        const count = Math.min(this.longestWrite, Math.floor(bytes.length * (share ?? 1)));
        append(bytes.subarray(0, count));
        this.writes.push(count);
        if (share !== undefined) throw systemError('ENOSPC');
        return count;
      },
      writeSync: (bytes) => {
        append(bytes);
        node.durable = node.bytes.length;
      },
      sync: async () => {
        this.syncs += 1;
        await turn();
        // As Linux does: what could not be synced is not tried again.
        this.#failIf('sync', 'EIO');
        node.durable = node.bytes.length;
      },
      close: () => {
        this.openFiles -= 1;
      },
    };
  }

  #failIf(operation: Exclude<keyof Failures, 'write'>, code: string): void {
    if (!this.fail[operation]) return;
    delete this.fail[operation];
    throw systemError(code);
  }

  #factsOf(node: Node): FileFacts {
    // By its id: a crash of the machine makes copies.
    const isLinked = [...this.files.values()].some(({ id }) => id === node.id);
    return { id: node.id, size: node.bytes.length, isFile: true, isLinked };
  }

  #nextId(): string {
    this.#nodes += 1;
    return String(this.#nodes);
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: as told`), { code });
}
