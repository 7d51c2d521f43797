import { describe, expect, it } from 'vitest';
import { chooseAdminSecret, MissingSecretError } from '../../src/command/operator-secret.js';

const WEAK =
  "admin secret is a known-weak default; run 'awrit init' to generate a secure config, or set a strong AA_ADMIN_SECRET";
const TOO_LONG = 'cfg: hash admin secret: bcrypt: password length exceeds 72 bytes';
/** 60 characters. */
const hash = (prefix: string): string => prefix.padEnd(60, 'x');

describe('the admin secret', () => {
  it.each([
    { name: 'the only one', sources: ['given', ''], secret: 'given' },
    { name: 'the first of two', sources: ['given', 'in the file'], secret: 'given' },
    { name: 'the second, when the first is empty', sources: ['', 'file'], secret: 'file' },
    { name: 'a short one', sources: ['x'], secret: 'x' },
    { name: 'blanks', sources: ['  '], secret: '  ' },
    { name: 'a known-weak one with a blank', sources: ['change-me-in-production '] },
    { name: 'exactly 72 bytes', sources: ['é'.repeat(36)] },
    { name: 'another kind of hash', sources: [hash('$2x$12$')] },
    { name: 'a hash that is cut', sources: [hash('$2b$12$').slice(1)] },
    { name: 'a hash with more after it', sources: [`${hash('$2b$12$')}x`] },
    { name: 'something else of 60 characters', sources: [hash('2b$12$')] },
    { name: 'a hash of 60 characters, but more bytes', sources: [hash('$2b$é')] },
  ])('is taken as it is: $name', ({ sources, secret = sources[0] }) => {
    expect(chooseAdminSecret(sources)).toEqual({ secret });
  });

  it.each(['$2a$', '$2b$', '$2y$'])('may be given as a bcrypt hash: %s', (prefix) => {
    expect(chooseAdminSecret([hash(prefix)])).toEqual({ hash: hash(prefix) });
  });

  it.each([
    { name: 'the one everybody knows', sources: ['change-me-in-production'], message: WEAK },
    { name: 'that one before a better', sources: ['change-me-in-production', 'a'], message: WEAK },
    { name: 'too many blanks', sources: [' '.repeat(73)], message: TOO_LONG },
    { name: 'one that bcrypt would cut', sources: ['é'.repeat(36) + 'x'], message: TOO_LONG },
  ])('is refused: $name', ({ sources, message }) => {
    expect(() => chooseAdminSecret(sources)).toThrow(new Error(message));
  });

  it.each([{ sources: ['', ''] }, { sources: [] }])(
    'is missed with a remedy: $sources',
    ({ sources }) => {
      expect(() => chooseAdminSecret(sources)).toThrow(new MissingSecretError(WEAK));
    },
  );
});
