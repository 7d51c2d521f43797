// What the operating system refused in → the text the broker says it in out. Operators compare logs and
// scripts match on them, so the texts are those of its standard library, not Node's (protocol §8.3).

const REASONS: ReadonlyMap<string | undefined, string> = new Map([
  ['EACCES', 'permission denied'],
  ['EADDRINUSE', 'address already in use'],
  ['EADDRNOTAVAIL', 'cannot assign requested address'],
  ['EEXIST', 'file exists'],
  ['EISDIR', 'is a directory'],
  ['ELOOP', 'too many levels of symbolic links'],
  ['ENOENT', 'no such file or directory'],
  ['ENOSPC', 'no space left on device'],
  ['ENOTDIR', 'not a directory'],
  ['EPERM', 'operation not permitted'],
  ['EROFS', 'read-only file system'],
]);

/**
 * `open PATH: no such file or directory`, `listen tcp ADDR:PORT: bind: address already in use`; the
 * error's own message when it is none of the operating system's, or one not known here.
 *
 * @param path what was worked on, for errors that do not say: reading a directory is one
 */
export function systemErrorText(error: unknown, path?: string): string {
  const reason = systemErrorReason(error);
  if (!isSystemError(error) || reason === error.message) return reason;
  const { syscall, path: named = path, address, port } = error;
  if (syscall === 'listen' && address !== undefined) {
    const host = address.includes(':') ? `[${address}]` : address;
    // Of port 0 Node says nothing.
    return `listen tcp ${host}:${port ?? 0}: bind: ${reason}`;
  }
  return named === undefined ? `${syscall}: ${reason}` : `${syscall} ${named}: ${reason}`;
}

/** The last part of {@link systemErrorText} alone: `permission denied`. */
export function systemErrorReason(error: unknown): string {
  const text = REASONS.get(errorCode(error));
  return text ?? (error instanceof Error ? error.message : String(error));
}

/** `ENOENT`, `SQLITE_BUSY`: what programs tell faults apart by. `undefined` when the error has none. */
export function errorCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** Node's: each has a `syscall`, one about a file its `path`, one about a socket `address` and `port`. */
interface SystemError extends Error {
  readonly syscall: string;
  readonly path?: string;
  readonly address?: string;
  readonly port?: number;
}

function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'syscall' in error;
}
