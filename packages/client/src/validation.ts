// A token in → what the broker says of it out (protocol §2.4, §10.5).

import { assertKnownOptions, type ValidateAnswer } from '@agentwrit/protocol';
import { Broker } from './broker.js';
import { assertSignal } from './option-checks.js';
import { oneLine, redact } from './redaction.js';
import { CONNECTION_EXTRAS, type ConnectionOptions } from './transport.js';

/** `claims` under their wire names; app and admin tokens have neither `task_id` nor `orch_id`. */
export type ValidateResult = ValidateAnswer;

export interface ValidateOptions extends Omit<ConnectionOptions, 'brokerUrl'> {
  readonly signal?: AbortSignal | undefined;
}

// The broker's own text for every invalid token.
const INVALID = Object.freeze({ valid: false, error: 'token is invalid or expired' } as const);

// The broker's has 27 characters; whatever answers in its place may send a mebibyte.
const MAX_ERROR_LENGTH = 500;

/**
 * Asks the broker about a token over a connection of its own; an app's `validate()` reuses the app's. Does
 * not check the audience, nor whether the scope suffices for anything.
 *
 * @throws TransportError when there was no answer, which says nothing about the token
 */
export async function validate(
  brokerUrl: string,
  token: string,
  options: ValidateOptions = {},
): Promise<ValidateResult> {
  assertKnownOptions(options, 'validate', [...CONNECTION_EXTRAS, 'signal']);
  const { signal, ...connection } = options;
  const broker = new Broker({ ...connection, brokerUrl });
  try {
    return await validateWith(broker, token, signal);
  } finally {
    await broker.destroy();
  }
}

/** @throws TypeError when `token` is not a string */
export async function validateWith(
  broker: Pick<Broker, 'within' | 'validate'>,
  token: string,
  signal: AbortSignal | undefined,
): Promise<ValidateResult> {
  if (typeof token !== 'string') throw new TypeError('"token" must be a string');
  assertSignal(signal);
  signal?.throwIfAborted();
  // The broker would answer 400, as if the call were wrong (protocol §10.5). An empty token is invalid.
  if (token === '') return INVALID;
  const answer = await broker.within(signal, (deadline) =>
    broker.validate({ token }, { deadline }),
  );
  return answer.valid ? answer : { valid: false, error: readable(answer.error, token) };
}

// It gets into logs, and into an error of acceptDelegation().
function readable(error: string, token: string): string {
  // Whatever the token is, "is" for one.
  if (error === INVALID.error) return error;
  return oneLine(redact(error, [token]).slice(0, MAX_ERROR_LENGTH));
}
