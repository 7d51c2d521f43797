// What a server is told when it starts, and what all of them do alike.

import type { JsonWebKey } from 'node:crypto';
import type { Server } from 'node:http';
import type { GuardOptions, GuardStats } from '@agentwrit/core';
import { type Framework, MAX_AGE_SECONDS, type VariantName } from '../variants.js';

/** What a resource server has to know to accept the broker's tokens. */
export interface Trust {
  /** Base URL of the broker. */
  readonly broker: string;
  readonly jwksUri: string;
  readonly issuer: string;
  readonly audience: string;
  readonly key: JsonWebKey & { readonly kid: string; readonly alg: string };
  /** The same key, as SPKI PEM. */
  readonly pem: string;
}

/** How long a far broker takes to be asked and to answer, milliseconds. */
export const FAR_ROUND_TRIP_MS = 100;

export interface ServerSettings {
  readonly framework: Framework;
  readonly variant: VariantName;
  readonly trust: Trust;
}

/** Answered by the variants that do not know who is calling: as long as an id of the load's callers. */
export const NOBODY = 'spiffe://bench.example/agent/load/reader/0000000000000000';

/** What is answered to whom: some 80 bytes of JSON. */
export interface Answer {
  readonly id: string;
  readonly by: string;
}

/** Longer than any pause of the load: connections are made before the measurement, not in it. */
export const KEEP_ALIVE_MS = 120_000;

/**
 * What a hand-written check of scopes does, for the peers that have none for lists. As `requireScope('read:data:{id}')`,
 * it admits who holds the identifier or all of them.
 */
export function coversRead(scope: unknown, id: string): boolean {
  return (
    Array.isArray(scope) && (scope.includes('read:data:*') || scope.includes(`read:data:${id}`))
  );
}

/** Our guard, the same on every framework. */
export function guardOptions({
  broker,
  issuer,
  audience,
}: Trust): Pick<GuardOptions, 'broker' | 'issuer' | 'audience' | 'maxAge'> {
  return { broker, issuer, audience, maxAge: MAX_AGE_SECONDS };
}

/** A server that listens, or will in a moment. */
export interface BuiltServer {
  readonly server: Server;
  /** Requests so far that had to wait for the broker, where the guard counts them. */
  readonly waits?: () => number;
}

/** As our guard counts them: those that asked, and those that waited with one that did. */
export function waitsOf({ misses, joins }: GuardStats): number {
  return misses + joins;
}

/** For a variant that a framework does not have. */
export function unknownVariant({ framework, variant }: ServerSettings): Error {
  return new Error(`${framework} has no variant "${variant}"`);
}
