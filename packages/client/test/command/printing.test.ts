import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonLine, visible } from '../../src/command/printing.js';

// Beyond ASCII: what a terminal may obey, hide or reorder.
const HARMFUL = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

describe('text on its way to a terminal', () => {
  it.each([
    { name: 'an ANSI escape', text: '\u001b[31mred', shown: String.raw`\u{1b}[31mred` },
    { name: 'its one-byte form', text: '\u009b31m', shown: String.raw`\u{9b}31m` },
    { name: 'a line end', text: 'a\r\nb', shown: String.raw`a\u{d}\u{a}b` },
    { name: 'a tab', text: 'a\tb', shown: String.raw`a\u{9}b` },
    { name: 'right to left', text: 'a\u202eb', shown: String.raw`a\u{202e}b` },
    { name: 'an isolate', text: 'a\u2066b', shown: String.raw`a\u{2066}b` },
    { name: 'no width', text: 'a\u200bb', shown: String.raw`a\u{200b}b` },
    { name: 'a line separator', text: 'a\u2028b', shown: String.raw`a\u{2028}b` },
    { name: 'a hard blank', text: 'a\u00a0b', shown: String.raw`a\u{a0}b` },
    { name: 'a filler nobody sees', text: 'a\u3164b', shown: String.raw`a\u{3164}b` },
    { name: 'a tag', text: 'a\u{e0041}b', shown: String.raw`a\u{e0041}b` },
    { name: 'half a pair', text: 'a\ud800b', shown: String.raw`a\u{d800}b` },
    { name: 'what is harmless', text: 'é 客户 🙂 a b:*', shown: 'é 客户 🙂 a b:*' },
  ])('shows $name', ({ text, shown }) => {
    expect(visible(text)).toBe(shown);
    expect(visible(visible(text))).toBe(shown);
  });

  it('never holds anything that a terminal obeys', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(visible(text)).not.toMatch(HARMFUL);
        expect(jsonLine({ text })).not.toMatch(HARMFUL);
      }),
    );
  });

  it('is the same text again when a program reads the document', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(JSON.parse(jsonLine({ text }))).toEqual({ text });
      }),
    );
    expect(jsonLine({ text: '\u{e0041}\u202e' })).toBe(String.raw`{"text":"\udb40\udc41\u202e"}`);
  });
});
