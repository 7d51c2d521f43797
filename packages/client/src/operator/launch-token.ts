// What an operator lets an agent have in → a launch token to hand to it out (protocol §2.12).

import {
  assertBoolean,
  assertKnownOptions,
  assertText,
  type LaunchTokenAnswer,
  type LaunchTokenRequest,
} from '@agentwrit/protocol';
import { Confidential } from '../confidential.js';
import { assertScopes, assertSeconds, assertSignal, type CallOptions } from '../option-checks.js';

export interface IssueLaunchTokenOptions extends CallOptions {
  /** Whose it is to be, for the broker's audit log. */
  readonly agentName: string;
  /** What the agent may hold at most. No app's ceiling applies. */
  readonly scope: readonly string[];
  /** Seconds each of the agent's tokens lives; 300 when absent. */
  readonly maxTtl?: number | undefined;
  /** Seconds the launch token lives; 30 when absent. */
  readonly ttl?: number | undefined;
  /** Whether it registers one agent, or any number while it lives. True when absent. */
  readonly singleUse?: boolean | undefined;
}

/** What registers an agent, with nothing else. Printing shows everything but the token. */
export class LaunchToken extends Confidential {
  /** By the broker's clock, in whole seconds. */
  readonly expiresAt: Date;
  readonly scope: readonly string[];
  /** Seconds. */
  readonly maxTtl: number;
  readonly #launchToken: string;

  constructor(answer: LaunchTokenAnswer) {
    super();
    this.expiresAt = new Date(answer.expires_at);
    this.scope = answer.policy.allowed_scope;
    this.maxTtl = answer.policy.max_ttl;
    this.#launchToken = answer.launch_token;
  }

  get launchToken(): string {
    return this.#launchToken;
  }

  toJSON(): object {
    const { expiresAt, scope, maxTtl } = this;
    return { expiresAt, scope, maxTtl };
  }
}

/** @throws TypeError naming the option that is wrong or unknown */
export function readLaunchTokenOptions(options: IssueLaunchTokenOptions): {
  readonly body: LaunchTokenRequest;
  readonly signal: AbortSignal | undefined;
} {
  assertKnownOptions(options, 'issueLaunchToken', LAUNCH_TOKEN_OPTIONS);
  const { agentName, scope, maxTtl, ttl, singleUse = true, signal } = options;
  assertText(agentName, 'agentName');
  assertScopes(scope, 'scope');
  assertSeconds(maxTtl, 'maxTtl');
  assertSeconds(ttl, 'ttl');
  assertBoolean(singleUse, 'singleUse');
  assertSignal(signal);
  const body = {
    agent_name: agentName,
    allowed_scope: [...scope],
    ...(maxTtl === undefined ? {} : { max_ttl: maxTtl }),
    ...(ttl === undefined ? {} : { ttl }),
    single_use: singleUse,
  };
  return { body, signal };
}

const LAUNCH_TOKEN_OPTIONS: readonly (keyof IssueLaunchTokenOptions)[] = [
  'agentName',
  'scope',
  'maxTtl',
  'ttl',
  'singleUse',
  'signal',
];
