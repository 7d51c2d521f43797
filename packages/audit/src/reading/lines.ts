// A file of events, one JSON document a line, in → its lines, read one after the other, out.

import { assertFunction, assertKnownOptions, assertText } from '@agentwrit/protocol';
import { type ByteStream, readBytes } from './bytes.js';
import type { AuditLine } from './line.js';
import { LineSplitter } from './line-splitter.js';

export interface ReadAuditLinesOptions {
  /** Aborting it throws its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called now and then with the bytes of this file that were read so far. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
  /** What is read where the path is `-`. Without it, that is a file like any other. */
  readonly stdin?: ByteStream | undefined;
}

/**
 * Reads an audit file of any size line by line, as far as it goes when reading begins. A line that is no event
 * is told of like the others, and does not end it. A line end may be CRLF; a byte-order mark is passed over. An
 * empty line is a fault: nothing writes one.
 *
 * @throws AuditReadError when the file cannot be read
 * @throws TypeError for an option that is wrong
 * @example
 *   for await (const line of readAuditLines('audit.jsonl')) {
 *     if (line.fault === undefined) console.log(line.event.id, line.event.event_type);
 *     else console.error(`${line.path}:${line.line}: ${line.detail}`);
 *   }
 */
export async function* readAuditLines(
  path: string,
  options: ReadAuditLinesOptions = {},
): AsyncGenerator<AuditLine, void> {
  for await (const batch of readAuditBatches(path, options)) {
    for (const line of batch) yield line;
  }
}

/** As {@link readAuditLines}, as many at a time as one read from the disk holds: a promise each is what costs. */
export async function* readAuditBatches(
  path: string,
  options: ReadAuditLinesOptions = {},
): AsyncGenerator<readonly AuditLine[], void> {
  assertText(path, 'path');
  assertKnownOptions(options, 'readAuditLines()', ['signal', 'onProgress', 'stdin']);
  const { onProgress, stdin } = options;
  if (onProgress !== undefined) assertFunction(onProgress, 'onProgress');
  const pieces = path === '-' && stdin !== undefined ? stdin : readBytes(path);
  yield* batchesOf(path, pieces, options);
}

/** The lines in bytes that come from anywhere. */
export async function* batchesOf(
  path: string,
  pieces: ByteStream,
  { signal, onProgress }: ReadAuditLinesOptions,
): AsyncGenerator<readonly AuditLine[], void> {
  signal?.throwIfAborted();
  const splitter = new LineSplitter(path);
  let bytes = 0;
  for await (const piece of pieces) {
    signal?.throwIfAborted();
    bytes += piece.length;
    const lines = splitter.push(Buffer.from(piece.buffer, piece.byteOffset, piece.length));
    if (lines.length > 0) yield lines;
    onProgress?.(bytes);
  }
  const rest = splitter.end();
  if (rest.length > 0) yield rest;
}
