// What the operating system refused in → a few words out, without the path that the reader knows.

const REASONS: ReadonlyMap<unknown, string> = new Map([
  ['EACCES', 'permission denied'],
  ['EEXIST', 'something else is there'],
  ['EISDIR', 'it is a folder'],
  ['ELOOP', 'it is a symbolic link'],
  ['ENOENT', 'no such file or folder'],
  ['ENOSPC', 'no space left on the device'],
  ['ENOTDIR', 'something on the way is no folder'],
  ['EPERM', 'not permitted'],
  ['EROFS', 'the file system is read-only'],
]);

export function systemReason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return REASONS.get(code) ?? String(code ?? error);
}
