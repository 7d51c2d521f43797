// What an operator wants of an app in → the request for it out, or a TypeError for what the broker would refuse.

import {
  assertKnownOptions,
  assertNumber,
  assertText,
  isAppName,
  type RegisterAppRequest,
  type UpdateAppRequest,
} from '@agentwrit/protocol';
import { assertScopes, assertSignal, type CallOptions } from '../option-checks.js';

export interface RegisterAppOptions extends CallOptions {
  /**
   * At most 64 lower-case letters, digits and single hyphens, a letter first and no hyphen second or last; unique
   * for ever (protocol §9).
   */
  readonly name: string;
  /** The app's ceiling: its agents can hold no more. */
  readonly scopes: readonly string[];
  /** Seconds the app's own token lives, 60 to 86,400; the broker's default when absent. */
  readonly tokenTtl?: number | undefined;
}

/** At least one of the two. */
export interface UpdateAppOptions extends CallOptions {
  /** Replaces the ceiling, from the next agent on. */
  readonly scopes?: readonly string[] | undefined;
  /** Seconds, 60 to 86,400, from the next time on that the app authenticates. */
  readonly tokenTtl?: number | undefined;
}

interface Checked<Request> {
  readonly body: Request;
  readonly signal: AbortSignal | undefined;
}

/** @throws TypeError naming the option that is wrong or unknown */
export function readRegisterAppOptions(options: RegisterAppOptions): Checked<RegisterAppRequest> {
  assertKnownOptions(options, 'registerApp', ['name', 'scopes', 'tokenTtl', 'signal']);
  const { name, scopes, tokenTtl, signal } = options;
  assertText(name, 'name');
  if (!isAppName(name)) {
    throw new TypeError(
      '"name" must be 2 to 64 lower-case letters, digits and single hyphens: a letter first, no hyphen second or last',
    );
  }
  assertScopes(scopes, 'scopes');
  assertTokenTtl(tokenTtl);
  assertSignal(signal);
  return { body: { name, scopes: [...scopes], ...ttlMember(tokenTtl) }, signal };
}

/**
 * The broker stores the scopes before it looks at the ttl (protocol §2.17): what it would refuse of either must
 * not get there.
 *
 * @throws TypeError naming the option that is wrong or unknown, or that there is none
 */
export function readUpdateAppOptions(options: UpdateAppOptions): Checked<UpdateAppRequest> {
  assertKnownOptions(options, 'updateApp', ['scopes', 'tokenTtl', 'signal']);
  const { scopes, tokenTtl, signal } = options;
  if (scopes === undefined && tokenTtl === undefined) {
    throw new TypeError('updateApp needs "scopes" or "tokenTtl"');
  }
  if (scopes !== undefined) assertScopes(scopes, 'scopes');
  assertTokenTtl(tokenTtl);
  assertSignal(signal);
  const body = { ...(scopes === undefined ? {} : { scopes: [...scopes] }), ...ttlMember(tokenTtl) };
  return { body, signal };
}

/** It becomes one segment of a path: nothing that could lead to another, and nothing that has no UTF-8. */
export function assertAppId(value: unknown): asserts value is string {
  assertText(value, 'appId');
  if (value === '.' || value === '..' || value.includes('/') || /\p{Cs}/u.test(value)) {
    throw new TypeError('"appId" must be the id of an app, such as "app-orders-0a1b2c"');
  }
}

function assertTokenTtl(value: number | undefined): void {
  if (value !== undefined) assertNumber(value, 'tokenTtl', { min: 60, max: 86_400, isWhole: true });
}

function ttlMember(seconds: number | undefined): { readonly token_ttl?: number } {
  return seconds === undefined ? {} : { token_ttl: seconds };
}
