// Tokens and three APIs in → who is alive at the broker, and whom each of the APIs lets in, out.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Agent, AgentWritApp, DelegatedToken } from '@agentwrit/client';
import { callApi, note, table } from '@agentwrit/example-setup';
import type { PartitionsApi } from './api.js';

// The feed needs half a second, and a memory that nobody corrects a minute.
const PATIENCE_MS = 10_000;

/** Somebody at work, and the one thing that it does. */
export interface Worker {
  readonly name: string;
  readonly credential: Agent | DelegatedToken;
  readonly method: 'GET' | 'PUT';
  readonly partition: number;
}

/** The same API three times: what differs is how it learns of revocations. */
export interface Apis {
  /** The incident command tells it. */
  readonly told: PartitionsApi;
  /** It reads the broker's audit log. */
  readonly listening: PartitionsApi;
  /** It learns when it asks again, which is after `maxAge`. */
  readonly unaware: PartitionsApi;
}

export interface Sighting {
  readonly name: string;
  readonly broker: 'alive' | 'dead';
  /** `200 cache`, `200 broker` or `401 invalid_token`. */
  readonly told: string;
  readonly listening: string;
  readonly unaware: string;
}

export class Watch {
  readonly #app: AgentWritApp;
  readonly #apis: Apis;

  constructor(app: AgentWritApp, apis: Apis) {
    this.#app = app;
    this.#apis = apis;
  }

  /** Has each API ask the broker about all of them, so that it knows them by heart the next time. */
  async warmUp(workers: readonly Worker[]): Promise<void> {
    const { told, listening, unaware } = this.#apis;
    for (const worker of workers) {
      for (const api of [told, listening, unaware]) await work(worker, api);
    }
  }

  /**
   * Calls each API once with each token. Only the one that reads the log gets the time to do so: it is called with
   * a dead token until it refuses.
   */
  async look(workers: readonly Worker[]): Promise<readonly Sighting[]> {
    const { told, listening, unaware } = this.#apis;
    const startedAt = performance.now();
    let heardAfterMs = 0;
    const sightings = await Promise.all(
      workers.map(async (worker): Promise<Sighting> => {
        const { name, credential } = worker;
        const { valid } = await this.#app.validate(credential.accessToken);
        const atTold = await work(worker, told);
        const atUnaware = await work(worker, unaware);
        const atListening = await work(worker, listening, { untilRefused: !valid });
        if (!valid) heardAfterMs = Math.round(performance.now() - startedAt);
        return {
          name,
          broker: valid ? 'alive' : 'dead',
          told: atTold,
          listening: atListening,
          unaware: atUnaware,
        };
      }),
    );
    table(
      ['', 'the broker', 'told', 'listening', 'unaware'],
      sightings.map((seen) => [seen.name, seen.broker, seen.told, seen.listening, seen.unaware]),
    );
    if (heardAfterMs > 0) note(`the one that listens took ${heardAfterMs} ms to hear of it`);
    return sightings;
  }
}

/** Who of them is alive, or let in. */
export function thoseAlive(
  sightings: readonly Sighting[],
  where: 'broker' | 'told' | 'listening' | 'unaware',
): string {
  return namesOf(sightings.filter((seen) => isLetIn(seen[where])));
}

export function namesOf(workers: readonly { readonly name: string }[]): string {
  return workers.map(({ name }) => name).join(', ') || 'nobody';
}

function isLetIn(outcome: string): boolean {
  return outcome === 'alive' || outcome.startsWith('200');
}

/** What the API says and, where it lets in, on what grounds. */
async function work(
  { credential, method, partition }: Worker,
  api: PartitionsApi,
  { untilRefused = false } = {},
): Promise<string> {
  const endsAt = performance.now() + PATIENCE_MS;
  for (;;) {
    const { outcome, body } = await callApi(`${api.url}/partitions/${partition}`, {
      method,
      as: credential.bearerHeader,
    });
    const isOver = !untilRefused || outcome !== '200' || performance.now() >= endsAt;
    if (isOver) return typeof body['proof'] === 'string' ? `${outcome} ${body['proof']}` : outcome;
    await sleep(50);
  }
}
