// What a broker says, as far as a guard looks at it.

import { REFUSED } from '../fixtures.js';
import { TOKENS } from './cast.js';

const HEADERS = new Headers({ 'content-type': 'application/json' });

const VOUCHED = TOKENS.map(({ claims }) => answer(200, { valid: true, claims }));
const REFUSAL = answer(200, REFUSED);

export const FAILURE: Response = answer(500, { title: 'Internal Server Error' });
export const NONSENSE: Response = answer(200, { valid: 'true' });

export function answerAbout(token: number, isValid: boolean): Response {
  return (isValid ? VOUCHED[token] : REFUSAL) ?? NONSENSE;
}

// The parts of a Response that the guard reads. A real one costs as much as all the rest of its call, and can
// be read only once.
function answer(status: number, value: unknown): Response {
  const bytes = Buffer.from(JSON.stringify(value));
  const getReader = (): unknown => {
    const chunks = [bytes];
    return {
      read: () => {
        const value = chunks.pop();
        return Promise.resolve({ value, done: value === undefined });
      },
      cancel: () => Promise.resolve(),
    };
  };
  return { status, headers: HEADERS, body: { getReader } } as unknown as Response;
}
