/**
 * Something that crossed the wire has not the shape the protocol gives it. The message names the place
 * and the type found there, never the value: answers contain tokens.
 */
export class WireError extends Error {
  override readonly name = 'WireError';
  readonly code = 'malformed_answer';
  /** Where, for example `claims.delegation_chain[0].scope`. */
  readonly path: string;

  constructor(path: string, expected: string, found: unknown) {
    super(`${path}: expected ${expected}, found ${typeName(found)}`);
    this.path = path;
  }
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'an array';
  if (value === '') return 'an empty string';
  switch (typeof value) {
    case 'number':
      return Number.isSafeInteger(value) ? 'an integer' : 'a number';
    case 'object':
      return 'an object';
    default:
      return `a ${typeof value}`;
  }
}
