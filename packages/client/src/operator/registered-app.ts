// An app registration answered by the broker in → the credentials to hand on out (protocol §2.14).

import type { RegisterAppAnswer } from '@agentwrit/protocol';
import { Confidential } from '../confidential.js';

/** A newly registered app. The broker tells the secret this once; printing shows everything but it. */
export class RegisteredApp extends Confidential {
  readonly appId: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Seconds. */
  readonly tokenTtl: number;
  readonly #clientSecret: string;

  constructor(answer: RegisterAppAnswer) {
    super();
    this.appId = answer.app_id;
    this.clientId = answer.client_id;
    this.scopes = answer.scopes;
    this.tokenTtl = answer.token_ttl;
    this.#clientSecret = answer.client_secret;
  }

  get clientSecret(): string {
    return this.#clientSecret;
  }

  toJSON(): object {
    const { appId, clientId, scopes, tokenTtl } = this;
    return { appId, clientId, scopes, tokenTtl };
  }
}
