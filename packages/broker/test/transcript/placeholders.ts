// A text with placeholders for its random parts in → the very text that was received, when it has that
// shape, out. The brackets are none that JSON or HTTP would escape.

const SHAPES: Readonly<Record<string, string>> = {
  hex6: '[0-9a-f]{6}',
  hex12: '[0-9a-f]{12}',
  hex16: '[0-9a-f]{16}',
  hex32: '[0-9a-f]{32}',
  hex64: '[0-9a-f]{64}',
  jwt: '[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]{86}',
  date: '[A-Z][a-z]{2}, \\d{2} [A-Z][a-z]{2} \\d{4} \\d{2}:\\d{2}:\\d{2} GMT',
};

/**
 * @returns `received` when it is `pattern` with the placeholders filled in, otherwise the pattern, so that
 * a comparison of the two shows what differs
 */
export function filled(pattern: string, received: string): string {
  const source = pattern
    .split(/⟨(\w+)⟩/)
    .map((part, index) => (index % 2 === 0 ? escape(part) : shape(part)))
    .join('');
  return new RegExp(`^${source}$`).test(received) ? received : pattern;
}

/** One text of the pattern's length, for a body that is announced but not sent. */
export function sample(pattern: string): string {
  return pattern.replace(/⟨hex(\d+)⟩/g, (_, length: string) => '0'.repeat(Number(length)));
}

function shape(name: string): string {
  const source = SHAPES[name];
  if (source === undefined) throw new Error(`no placeholder ⟨${name}⟩`);
  return source;
}

function escape(text: string): string {
  return text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&');
}
