// A 2xx answer in → what it says out, or an error that quotes nothing of it.

import { isJsonType, WireError } from '@agentwrit/protocol';
import { MalformedAnswerError } from './errors.js';
import type { TransportAnswer } from './transport.js';

/** @throws MalformedAnswerError when the answer is not JSON or `read` throws a WireError */
export function readAnswer<T>(
  path: string,
  answer: TransportAnswer,
  read: (value: unknown) => T,
): T {
  try {
    return read(readJson(answer));
  } catch (error) {
    if (error instanceof WireError) throw new MalformedAnswerError(path, error);
    throw error;
  }
}

function readJson({ contentType, truncated, body }: TransportAnswer): unknown {
  // A proxy's log-in page is 200 too.
  if (!isJsonType(contentType)) {
    throw new WireError('content-type', 'application/json', contentType);
  }
  if (truncated) throw new WireError('body', 'at most 1 MiB', body);
  try {
    return JSON.parse(body);
  } catch {
    // The parser's own message quotes what it read, which may hold a token: it is not kept as cause.
    throw new WireError('body', 'JSON', body);
  }
}
