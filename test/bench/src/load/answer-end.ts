// The bytes of an answer as far as they have come in → where its body begins and the whole of it ends out (RFC 9112 §6).

export interface AnswerEnd {
  readonly head: string;
  readonly bodyAt: number;
  /** More than has come in, perhaps; `undefined` when that cannot be said yet. */
  readonly end: number | undefined;
}

const HEAD_END = '\r\n\r\n';
const LINE_END = '\r\n';
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i;
const CHUNKED = /\r\ntransfer-encoding: *chunked/i;

/**
 * @returns `undefined` while the head is not all there
 * @throws Error when the answer ends with its connection only
 */
export function answerEnd(bytes: Buffer): AnswerEnd | undefined {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd === -1) return undefined;
  const head = bytes.toString('latin1', 0, headEnd);
  const bodyAt = headEnd + HEAD_END.length;
  const length = CONTENT_LENGTH.exec(head)?.[1];
  if (length !== undefined) return { head, bodyAt, end: bodyAt + Number(length) };
  if (CHUNKED.test(head)) return { head, bodyAt, end: chunksEnd(bytes, bodyAt) };
  throw new Error(`an answer without length: ${head.slice(0, 100)}`);
}

// Some refusals come in chunks; what is measured does not. Trailers are not asked for.
function chunksEnd(bytes: Buffer, bodyAt: number): number | undefined {
  let at = bodyAt;
  for (;;) {
    const lineEnd = bytes.indexOf(LINE_END, at);
    if (lineEnd === -1) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    at = lineEnd + LINE_END.length + size + LINE_END.length;
    if (size === 0) return at;
  }
}
