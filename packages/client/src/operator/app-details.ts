// What the broker answers about an app in → what is told of it out (protocol §2.15 to §2.18).

import type { AppAnswer, DeregisterAppAnswer } from '@agentwrit/protocol';

/** An app as the broker keeps it. Frozen, and without the secret, which the broker does not keep. */
export interface AppDetails {
  readonly appId: string;
  readonly name: string;
  readonly clientId: string;
  /** The app's ceiling. */
  readonly scopes: readonly string[];
  /** Seconds the app's own token lives. */
  readonly tokenTtl: number;
  /** `inactive` once removed, for ever. */
  readonly status: 'active' | 'inactive';
  /** By the broker's clock, in whole seconds, as are all of its times. */
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface RemovedApp {
  readonly appId: string;
  readonly status: 'inactive';
  /** When the broker answered; it does not keep it. */
  readonly deregisteredAt: Date;
}

export function appDetails(answer: AppAnswer): AppDetails {
  return Object.freeze({
    appId: answer.app_id,
    name: answer.name,
    clientId: answer.client_id,
    scopes: answer.scopes,
    tokenTtl: answer.token_ttl,
    status: answer.status,
    createdAt: new Date(answer.created_at),
    updatedAt: new Date(answer.updated_at),
  });
}

export function removedApp(answer: DeregisterAppAnswer): RemovedApp {
  return Object.freeze({
    appId: answer.app_id,
    status: answer.status,
    deregisteredAt: new Date(answer.deregistered_at),
  });
}
