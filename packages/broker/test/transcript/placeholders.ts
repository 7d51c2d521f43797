// A text with placeholders for its random parts in → the very text that was received, when it has that
// shape, out. The brackets are none that JSON or HTTP would escape.

const SHAPES: Readonly<Record<string, RegExp>> = {
  hex6: /[0-9a-f]{6}/y,
  hex12: /[0-9a-f]{12}/y,
  hex16: /[0-9a-f]{16}/y,
  hex32: /[0-9a-f]{32}/y,
  hex64: /[0-9a-f]{64}/y,
  jwt: /[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}/y,
  date: /[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT/y,
};

/**
 * @returns `received` when it is `pattern` with the placeholders filled in, otherwise the pattern, so that
 * a comparison of the two shows what differs
 */
export function filled(pattern: string, received: string): string {
  let at = 0;
  for (const [index, part] of pattern.split(/⟨(\w+)⟩/).entries()) {
    const length = index % 2 === 0 ? literalAt(received, at, part) : shapeAt(received, at, part);
    if (length === undefined) return pattern;
    at += length;
  }
  return at === received.length ? received : pattern;
}

/** One text of the pattern's length, for a body that is announced but not sent. */
export function sample(pattern: string): string {
  return pattern.replace(/⟨hex(\d+)⟩/g, (_, length: string) => '0'.repeat(Number(length)));
}

function literalAt(text: string, at: number, literal: string): number | undefined {
  return text.startsWith(literal, at) ? literal.length : undefined;
}

function shapeAt(text: string, at: number, name: string): number | undefined {
  const shape = SHAPES[name];
  if (shape === undefined) throw new Error(`no placeholder ⟨${name}⟩`);
  shape.lastIndex = at;
  return shape.exec(text)?.[0].length;
}
