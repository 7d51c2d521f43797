import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeText, html } from '../../../src/drift/page/markup.js';

describe('text in a page', () => {
  it.each([
    ['<b>', '&#60;b&#62;'],
    ['a & b &amp; c', 'a &#38; b &#38;amp; c'],
    ['"double"', '&#34;double&#34;'],
    ["'single'", '&#39;single&#39;'],
    ['`tick`', '&#96;tick&#96;'],
    ['a b', 'a b'],
    ['客户', '客户'],
    ['\u202e', String.raw`\u{202e}`],
    ['\u00a0', String.raw`\u{a0}`],
    ['\n', String.raw`\u{a}`],
  ])('%j is written as %s', (text, written) => {
    expect(escapeText(text)).toBe(written);
  });

  it('cannot end an attribute, an element, or the text it stands in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeText(text)).not.toMatch(/[<>"'`\p{Cc}\p{Cf}\p{Cs}]|&(?!#\d+;)/u);
      }),
    );
  });

  it('is escaped wherever it is put in, once', () => {
    const inner = html`<b title="${'"'}">${'<'}</b>`;
    expect(html`<p>${[inner, '&', 7, undefined]}</p>`.toString()).toBe(
      '<p><b title="&#34;">&#60;</b>&#38;7</p>',
    );
  });
});
