// Text of whatever origin in → HTML in which it stays text out.

/** HTML that was put together here. Nothing else is taken for HTML. */
export class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

export type Content = string | number | Markup | readonly Content[] | undefined;

/** Every text in it is escaped, in the content of elements and in quoted attributes alike. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  let text = parts[0] ?? '';
  for (const [index, content] of contents.entries()) {
    text += render(content) + (parts[index + 1] ?? '');
  }
  return new Markup(text);
}

function render(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Markup) return content.toString();
  return typeof content === 'object' ? content.map(render).join('') : escapeText(String(content));
}

// Control characters, line and paragraph separators, halves of surrogate pairs, characters that reorder or join
// others or that nobody sees, and every blank that only looks like one: no browser would show that they are there.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/gu;

const MARKS = /[&<>"'`]/g;

/** What would be markup becomes a reference, what nobody would see is written as `\u{…}`. */
export function escapeText(text: string): string {
  return text
    .replace(UNSEEN, (found) => `\\u{${found.codePointAt(0)?.toString(16)}}`)
    .replace(MARKS, (found) => `&#${found.charCodeAt(0)};`);
}
