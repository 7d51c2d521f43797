// What the operating system said of a file in → an error that says it in words out.

const REASONS: ReadonlyMap<unknown, string> = new Map([
  ['EACCES', 'permission denied'],
  ['EISDIR', 'it is a folder'],
  ['ELOOP', 'too many symbolic links'],
  ['EMFILE', 'too many open files'],
  ['ENOENT', 'no such file'],
  ['ENOTDIR', 'something on the way is no folder'],
  ['EPERM', 'not permitted'],
]);

/** An audit file cannot be read: nothing is known of what is in it. */
export class AuditReadError extends Error {
  override readonly name = 'AuditReadError';
  readonly code = 'unreadable_file';
  readonly path: string;

  /** @param reason in words, or what the operating system threw */
  constructor(path: string, reason: unknown) {
    super(`cannot read ${path}: ${typeof reason === 'string' ? reason : reasonOf(reason)}`, {
      ...(typeof reason !== 'string' && { cause: reason }),
    });
    this.path = path;
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return REASONS.get(code) ?? String(code ?? error);
}
