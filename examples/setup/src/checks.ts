// What an example claims in, and what was seen of it → whether all of it is so, printed, out.

import { isDeepStrictEqual } from 'node:util';
import { result, title } from './show.js';

/** What can be seen: something that fits on a line. */
export type Seen = string | number | boolean | readonly (string | number)[];

/**
 * Compares what was seen with what it must be. A claim may be looked at more than once; every look must find it
 * as it must be.
 */
export type Check<Claim extends string = string> = (claim: Claim, seen: Seen, mustBe: Seen) => void;

export class Checks<Claim extends string = string> {
  readonly #claims: Readonly<Record<Claim, string>>;
  readonly #looks = new Map<Claim, { readonly isAsItMustBe: boolean; readonly line: string }[]>();

  /** @param claims what will be shown, a sentence each, by a short name */
  constructor(claims: Readonly<Record<Claim, string>>) {
    this.#claims = claims;
  }

  readonly check: Check<Claim> = (claim, seen, mustBe) => {
    if (!Object.hasOwn(this.#claims, claim)) throw new TypeError(`"${claim}" is not claimed`);
    const isAsItMustBe = isDeepStrictEqual(seen, mustBe);
    const line = isAsItMustBe ? text(seen) : `${text(seen)}; must be ${text(mustBe)}`;
    const looks = this.#looks.get(claim) ?? [];
    this.#looks.set(claim, [...looks, { isAsItMustBe, line }]);
  };

  /** Whether there is anything to print. */
  get hasLooked(): boolean {
    return this.#looks.size > 0;
  }

  /** Prints every claim and what was seen; one that nobody looked at counts as different. */
  summarise(): { readonly isAllAsItMustBe: boolean } {
    title('Checks');
    let isAllAsItMustBe = true;
    for (const [claim, sentence] of Object.entries<string>(this.#claims)) {
      const looks = this.#looks.get(claim as Claim) ?? [];
      const isShown = looks.length > 0 && looks.every((look) => look.isAsItMustBe);
      result(
        isShown,
        sentence,
        ...(looks.length > 0 ? looks.map(({ line }) => line) : ['not reached']),
      );
      isAllAsItMustBe &&= isShown;
    }
    return { isAllAsItMustBe };
  }
}

function text(seen: Seen): string {
  return Array.isArray(seen) ? seen.join(' ') : String(seen);
}
