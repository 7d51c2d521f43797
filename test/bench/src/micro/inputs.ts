// A token in → requests that bring it out: fresh texts each, as Node's parser makes them, so that nothing an engine
// remembers of a text (its hash, say) makes the next look-up cheaper than it will be.

import type { InProcessBroker, RequestFacts } from '@agentwrit/core';

/** What the steps are about. */
export interface Asked {
  readonly token: string;
  readonly broker: InProcessBroker;
  readonly issuer: string;
  readonly audience: string;
}

/** As many as fit into the young generation with what they leave behind. */
const COUNT = 2000;

function fresh(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

export function freshTexts(text: string): readonly string[] {
  return Array.from({ length: COUNT }, () => fresh(text));
}

export function freshAuthorizations(token: string): readonly string[] {
  return freshTexts(`Bearer ${token}`);
}

export interface Fields {
  /** As Node has them: name, value, name, value. */
  readonly raw: readonly string[];
  readonly parsed: string;
}

// What a browser or a client of some size sends.
const OTHERS = ['Host', 'localhost', 'User-Agent', 'bench', 'Accept', 'application/json'];

export function freshFields(token: string): readonly Fields[] {
  return freshAuthorizations(token).map((parsed) => ({
    raw: [...OTHERS, 'Authorization', parsed],
    parsed,
  }));
}

export function factsOf(token: string): RequestFacts {
  return {
    request: undefined,
    authorization: fresh(`Bearer ${token}`),
    method: 'GET',
    url: '/data/7',
    route: '/data/:id',
    requestId: undefined,
    param: () => '7',
  };
}

export function freshFacts(token: string): readonly RequestFacts[] {
  return Array.from({ length: COUNT }, () => factsOf(token));
}
