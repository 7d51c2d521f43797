// A 2xx answer in → what it says out, or an error that quotes nothing of it.

import { isJsonType, WireError } from '@agentwrit/protocol';
import { MalformedAnswerError } from './errors.js';
import { MAX_ANSWER_BYTES, type TransportAnswer } from './transport.js';

/** What arrived cannot even be looked at: it says nothing of what the broker meant. */
class UnreadableAnswer extends WireError {
  readonly isCut: boolean;

  constructor(path: string, expected: string, found: unknown, isCut = false) {
    super(path, expected, found);
    this.isCut = isCut;
  }
}

/** Whether what answered may well have been something else, or the answer is incomplete: another may be better. */
export function isUnreadable(error: unknown): boolean {
  return error instanceof MalformedAnswerError && error.cause instanceof UnreadableAnswer;
}

/** Whether there was more of an answer than is read. */
export function isTooLarge(error: unknown): boolean {
  return (
    error instanceof MalformedAnswerError &&
    error.cause instanceof UnreadableAnswer &&
    error.cause.isCut
  );
}

/** @throws MalformedAnswerError when the answer is not JSON or `read` throws a WireError */
export function readAnswer<T>(
  path: string,
  answer: TransportAnswer,
  read: (value: unknown) => T,
  maxBytes: number = MAX_ANSWER_BYTES,
): T {
  try {
    return read(readJson(answer, maxBytes));
  } catch (error) {
    if (error instanceof WireError) throw new MalformedAnswerError(path, error);
    throw error;
  }
}

function readJson(answer: TransportAnswer, maxBytes: number): unknown {
  const { contentType, truncated, isUtf8, body } = answer;
  // A proxy's log-in page is 200 too.
  if (!isJsonType(contentType)) {
    throw new UnreadableAnswer('content-type', 'application/json', contentType);
  }
  if (truncated) {
    throw new UnreadableAnswer('body', `at most ${maxBytes / 2 ** 20} MiB`, body, true);
  }
  // RFC 8259 §8.1. What would stand in place of the rest is not what the broker said.
  if (!isUtf8) throw new UnreadableAnswer('body', 'UTF-8', body);
  try {
    return JSON.parse(body);
  } catch {
    // The parser's own message quotes what it read, which may hold a token: it is not kept as cause.
    throw new UnreadableAnswer('body', 'JSON', body);
  }
}
