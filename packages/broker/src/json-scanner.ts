// JSON text in → its values out, one after another, in the order they are asked for. The grammar is the
// strict one of RFC 8259, white space included; what the values are wanted for is the decoder's business.

import { endOfInteger, endOfNumber, endOfString, MalformedJson } from './json-token.js';

// Where Go's encoding/json stops.
const MAX_DEPTH = 10_000;

const LONE_SURROGATES = /\p{Surrogate}/gu;

/** Reads forward only. Every method throws {@link MalformedJson} when something else comes next. */
export class JsonScanner {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** @param readMember called with each key as it comes, duplicates too; it reads the value */
  object(readMember: (key: string) => void): void {
    this.#open('{');
    if (!this.#takes('}')) {
      do {
        const key = this.string();
        this.#take(':');
        readMember(key);
      } while (this.#takes(','));
      this.#take('}');
    }
    this.#depth--;
  }

  /** @param readItem called where each item begins; it reads the item */
  array(readItem: () => void): void {
    this.#open('[');
    if (!this.#takes(']')) {
      do readItem();
      while (this.#takes(','));
      this.#take(']');
    }
    this.#depth--;
  }

  /** Escapes of lone surrogates become U+FFFD. */
  string(): string {
    const literal = this.#literal(endOfString);
    if (!literal.includes('\\')) return literal.slice(1, -1);
    return String(JSON.parse(literal)).replace(LONE_SURROGATES, '\uFFFD');
  }

  /** An integer as it is written. */
  integer(): string {
    // A fraction or an exponent is left standing where only a comma or a bracket may be.
    return this.#literal(endOfInteger);
  }

  boolean(): boolean {
    const value = this.#peek() === 't';
    this.#word(value ? 'true' : 'false');
    return value;
  }

  /** Whether `null` comes next; only then is it read. */
  takesNull(): boolean {
    if (this.#peek() !== 'n') return false;
    this.#word('null');
    return true;
  }

  /** Reads any value. Not by recursion: the text may nest deeper than the JavaScript stack reaches. */
  skip(): void {
    const due: ('}' | ']')[] = [];
    for (;;) {
      const first = this.#peek();
      if (first === '{' || first === '[') {
        const closing = first === '{' ? '}' : ']';
        this.#open(first);
        due.push(closing);
        if (this.#peek() !== closing) {
          if (closing === '}') this.#key();
          continue;
        }
      } else this.#skipScalar(first);

      while (due.length > 0 && this.#takes(due.at(-1))) {
        this.#depth--;
        due.pop();
      }
      if (due.length === 0) return;
      this.#take(',');
      if (due.at(-1) === '}') this.#key();
    }
  }

  /** Nothing but white space may be left. */
  end(): void {
    if (this.#peek() !== undefined) throw new MalformedJson();
  }

  #skipScalar(first: string | undefined): void {
    if (first === '"') this.#at = endOfString(this.#text, this.#at);
    else if (first === 'n') this.#word('null');
    else if (first === 't' || first === 'f') this.boolean();
    else this.#at = endOfNumber(this.#text, this.#at);
  }

  #key(): void {
    this.#literal(endOfString);
    this.#take(':');
  }

  #literal(end: (text: string, start: number) => number): string {
    this.#peek();
    const start = this.#at;
    this.#at = end(this.#text, start);
    return this.#text.slice(start, this.#at);
  }

  #word(word: string): void {
    if (!this.#text.startsWith(word, this.#at)) throw new MalformedJson();
    this.#at += word.length;
  }

  #open(bracket: '{' | '['): void {
    this.#take(bracket);
    this.#depth++;
    if (this.#depth > MAX_DEPTH) throw new MalformedJson();
  }

  #take(mark: string): void {
    if (!this.#takes(mark)) throw new MalformedJson();
  }

  #takes(mark: string | undefined): boolean {
    if (this.#peek() !== mark) return false;
    this.#at++;
    return true;
  }

  #peek(): string | undefined {
    for (;;) {
      const next = this.#text[this.#at];
      if (next !== ' ' && next !== '\n' && next !== '\r' && next !== '\t') return next;
      this.#at++;
    }
  }
}
