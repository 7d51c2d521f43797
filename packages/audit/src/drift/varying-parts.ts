// An id such as `process-ord-4824-ab12` in → what it has in common with others of its kind, `process-ord-*`, out.

// More than ids have. What is behind it counts as varying.
const MAX_LENGTH = 200;

// 8-4-4-4-12 hex digits (RFC 9562 §4).
const UUID_LENGTHS = [8, 4, 4, 4, 12];

// What has so many letters and digits by turns, as random ids have, is no word: `x7f9k2`, `20260215T120000Z`.
const TURNS_OF_RANDOM = 3;

// A word with fewer digits than this behind it is a word: `v2`, `step1`.
const MIN_NUMBER = 2;

// Letters of both cases and digits by turns: `V1StGXR8`. Words that are run together have one turn for each,
// `getOrderById`, and those are longer than this.
const MIN_MIXED = 6;
const LETTERS_TO_A_TURN = 3;

// Beside letters of both cases by turns, what is shorter is no word.
const MIN_WORD = 2;

const MIN_HEX = 4;

// Letters `a` to `f` alone make words, but none of this length.
const MIN_HEX_LETTERS = 12;

/**
 * Numbers, dates, UUIDs, runs of hex digits and what looks random become `mark`, several in a row only one. Takes
 * time in proportion to the length, which is bounded.
 */
export function foldVaryingParts(id: string, mark: string): string {
  const parts = partsOf(id.slice(0, MAX_LENGTH));
  // Of the 64 letters of a random id two part words: what is between them is of the id, too.
  const isRandom = parts.some(({ word }) => isMixed(word));
  let folded = '';
  let isAfterMark = false;
  for (let at = 0; at < parts.length; at += 1) {
    const { separator, word } = parts[at] ?? NONE;
    const steps = isUuidAt(parts, at) ? UUID_LENGTHS.length : 1;
    const isScrap = isRandom && at > 0 && (word.length < MIN_WORD || hasTurn(word));
    const kept = steps > 1 || isScrap ? '' : constantPartOf(word);
    at += steps - 1;
    if (kept === word && !isScrap) {
      folded += separator + word;
      isAfterMark = false;
    } else {
      // `4824-ab12` is one mark, with what is between.
      if (!isAfterMark || kept !== '') folded += separator + kept + mark;
      isAfterMark = true;
    }
  }
  return id.length > MAX_LENGTH && !isAfterMark ? folded + mark : folded;
}

interface Part {
  /** What stands before the word, if anything. */
  readonly separator: string;
  readonly word: string;
}

const NONE: Part = { separator: '', word: '' };

function partsOf(text: string): readonly Part[] {
  const parts: Part[] = [];
  let separator = '';
  let from = 0;
  for (let at = 0; at <= text.length; at += 1) {
    if (at < text.length && !isSeparator(text.charCodeAt(at))) continue;
    parts.push({ separator, word: text.slice(from, at) });
    separator = text.charAt(at);
    from = at + 1;
  }
  return parts;
}

/** All of a word that does not vary, the letters before a number, or nothing. */
function constantPartOf(word: string): string {
  let digits = 0;
  let hexLetters = 0;
  let turns = 0;
  let lastDigits = 0;
  for (let at = 0; at < word.length; at += 1) {
    const code = word.charCodeAt(at);
    if (isDigit(code)) {
      digits += 1;
      if (lastDigits === 0 && at > 0) turns += 1;
      lastDigits += 1;
    } else {
      if (lastDigits > 0) turns += 1;
      lastDigits = 0;
      if (isHexLetter(code)) hexLetters += 1;
    }
  }
  if (isMixed(word)) return '';
  if (digits === 0) return hexLetters === word.length && hexLetters >= MIN_HEX_LETTERS ? '' : word;
  if (digits === word.length || turns >= TURNS_OF_RANDOM) return '';
  // `15T12`, `00Z`, and not `2fa`.
  if (digits >= MIN_NUMBER && isDigit(word.charCodeAt(0))) return '';
  if (digits + hexLetters === word.length && word.length >= MIN_HEX) return '';
  // Letters, then a number.
  const isNumbered = turns === 1 && lastDigits === digits;
  return isNumbered && digits >= MIN_NUMBER ? word.slice(0, word.length - digits) : word;
}

/** Whether it changes between capitals, small letters and digits as often as random text does. */
function isMixed(word: string): boolean {
  if (word.length < MIN_MIXED) return false;
  let turns = 0;
  let run = 0;
  let before: number | undefined;
  let hasCapital = false;
  for (let at = 0; at < word.length; at += 1) {
    const kind = kindOf(word.charCodeAt(at));
    if (kind === CAPITAL) hasCapital = true;
    if (kind === before) run += 1;
    else {
      // `Order` is one word, and so is `ID` before it.
      if (before !== undefined && !(before === CAPITAL && kind === SMALL && run === 1)) turns += 1;
      run = 1;
    }
    before = kind;
  }
  return hasCapital && turns * LETTERS_TO_A_TURN >= word.length;
}

/** Whether a capital or a digit stands behind something else, or a small letter behind a digit. */
function hasTurn(word: string): boolean {
  for (let at = 1; at < word.length; at += 1) {
    const [before, kind] = [kindOf(word.charCodeAt(at - 1)), kindOf(word.charCodeAt(at))];
    if (before !== kind && !(at === 1 && before === CAPITAL && kind === SMALL)) return true;
  }
  return false;
}

const SMALL = 0;
const CAPITAL = 1;
const DIGIT = 2;

function kindOf(code: number): number {
  if (isDigit(code)) return DIGIT;
  return code >= 0x41 && code <= 0x5a ? CAPITAL : SMALL;
}

function isUuidAt(parts: readonly Part[], at: number): boolean {
  return UUID_LENGTHS.every((length, offset) => {
    const part = parts[at + offset];
    return (
      part?.word.length === length && (offset === 0 || part.separator === '-') && isHex(part.word)
    );
  });
}

function isHex(word: string): boolean {
  for (let at = 0; at < word.length; at += 1) {
    const code = word.charCodeAt(at);
    if (!isDigit(code) && !isHexLetter(code)) return false;
  }
  return true;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isHexLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66;
}

/** Of ASCII, all that is neither letter nor digit. */
function isSeparator(code: number): boolean {
  const lower = code | 0x20;
  return code < 0x80 && !isDigit(code) && !(lower >= 0x61 && lower <= 0x7a);
}
