// Pieces of a file in → its lines, each with its place, out.

import { HeldBytes } from './held-bytes.js';
import { type AuditLine, faulty, type LinePlace, MAX_LINE_BYTES, readLine } from './line.js';

const LINE_FEED = 0x0a;

/** Holds what came of one line at most, and of that no more than a line may have. */
export class LineSplitter {
  readonly #path: string;
  #line = 1;
  /** Of the line that has begun. */
  #offset = 0;
  readonly #held = new HeldBytes();
  /** Bytes of the line so far, held or not. */
  #length = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** @param piece may be overwritten when this has returned */
  push(piece: Buffer): readonly AuditLine[] {
    const lines: AuditLine[] = [];
    let start = 0;
    for (;;) {
      const end = piece.indexOf(LINE_FEED, start);
      if (end < 0) break;
      lines.push(this.#finish(piece.subarray(start, end)));
      start = end + 1;
    }
    this.#hold(piece.subarray(start));
    return lines;
  }

  /** After the last piece. */
  end(): readonly AuditLine[] {
    if (this.#length === 0) return [];
    return [faulty(this.#place(), 'torn', 'the line has no end')];
  }

  #finish(rest: Buffer): AuditLine {
    const length = this.#length + rest.length;
    const place = this.#place();
    const isFirst = this.#length === 0;
    this.#line += 1;
    this.#offset += length + 1;
    this.#length = 0;
    if (length > MAX_LINE_BYTES) {
      this.#held.take();
      return faulty(place, 'too_long', `the line has more than ${MAX_LINE_BYTES} bytes`);
    }
    if (isFirst) return readLine(rest, place);
    this.#held.add(rest);
    return readLine(this.#held.take(), place);
  }

  #hold(rest: Buffer): void {
    this.#length += rest.length;
    if (this.#length <= MAX_LINE_BYTES) this.#held.add(rest);
  }

  #place(): LinePlace {
    return { path: this.#path, line: this.#line, offset: this.#offset };
  }
}
