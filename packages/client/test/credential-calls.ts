// A state and a call in → what the call comes to, what it asks for and what state it leaves, out (protocol §10.4).

import { AgentWritError } from '../src/index.js';
import { API, type CredentialWorld, type Subject } from './credential-world.js';
import { DELEGATE, RELEASE, RENEW } from './fake-broker.js';

export const CALLS = ['renew', 'release', 'delegate', 'fetch', 'bearerHeader'] as const;
export type Call = (typeof CALLS)[number];

/** `dead`: the broker no longer vouches for the token, and the client has not been told. */
export type State = 'live' | 'dead' | 'released';

export interface Step {
  readonly outcome: string;
  /** Routes of the broker, and the API. */
  readonly asked: readonly string[];
  readonly next: State;
}

export const UNAUTHORIZED = 'AuthenticationError unauthorized';
export const RELEASED = 'AgentWritError released';
export const FAILED = 'ProblemResponseError internal_error';

/**
 * The state machine. Unlike the one it comes from, releasing a dead token succeeds; the rest is the protocol's
 * table, and `fetch` goes with `delegate`.
 */
export const TABLE: Readonly<Record<State, Readonly<Record<Call, Step>>>> = {
  live: {
    renew: { outcome: 'done', asked: [RENEW], next: 'live' },
    release: { outcome: 'done', asked: [RELEASE], next: 'released' },
    delegate: { outcome: 'done', asked: [DELEGATE], next: 'live' },
    fetch: { outcome: '200', asked: [API], next: 'live' },
    bearerHeader: { outcome: 'done', asked: [], next: 'live' },
  },
  dead: {
    renew: { outcome: UNAUTHORIZED, asked: [RENEW], next: 'dead' },
    release: { outcome: 'done', asked: [RELEASE], next: 'released' },
    delegate: { outcome: UNAUTHORIZED, asked: [DELEGATE], next: 'dead' },
    fetch: { outcome: '401', asked: [API], next: 'dead' },
    bearerHeader: { outcome: 'done', asked: [], next: 'dead' },
  },
  released: {
    renew: { outcome: RELEASED, asked: [], next: 'released' },
    release: { outcome: 'done', asked: [], next: 'released' },
    delegate: { outcome: RELEASED, asked: [], next: 'released' },
    fetch: { outcome: RELEASED, asked: [], next: 'released' },
    bearerHeader: { outcome: 'done', asked: [], next: 'released' },
  },
};

/** Makes the call and names what it comes to. */
export async function outcomeOf(call: Call, subject: Subject): Promise<string> {
  try {
    return await ATTEMPTS[call](subject);
  } catch (error) {
    return error instanceof AgentWritError ? `${error.name} ${error.code}` : String(error);
  }
}

const ATTEMPTS: Readonly<Record<Call, (subject: Subject) => Promise<string>>> = {
  renew: async ({ holder }) => {
    await holder.renew();
    return 'done';
  },
  release: async ({ holder }) => {
    await holder.release();
    return 'done';
  },
  delegate: async ({ holder, other }) => {
    const token = await holder.delegate({ to: other, scope: holder.scope });
    const length = holder.delegationChain.length + 1;
    return token.delegationChain.length === length ? 'done' : 'done with another chain';
  },
  fetch: async ({ holder }) => String((await holder.fetch(API)).status),
  bearerHeader: async ({ holder }) => {
    const { authorization } = holder.bearerHeader;
    return authorization === `Bearer ${holder.accessToken}` ? 'done' : 'another token';
  },
};

/** What the broker and the API have been asked since this was called. */
export function watch({ broker, calls }: CredentialWorld): () => string[] {
  const [passed, called] = [broker.passed.length, calls.length];
  return () => [
    ...broker.passed.slice(passed).map(({ route }) => route),
    ...calls.slice(called).map(() => API),
  ];
}
