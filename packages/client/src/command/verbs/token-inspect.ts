// A token in → what it says, what the broker says of it, and whether it is enough, out (protocol §2.4, §3).

import { type Claims, isScope } from '@agentwrit/protocol';
import { validate } from '../../validation.js';
import { findConnection } from '../connection.js';
import { type DecodedToken, decodeToken } from '../inspection/decoded-token.js';
import { describeDelegation } from '../inspection/delegation.js';
import { describeLifetime } from '../inspection/lifetime.js';
import { describeRequired, describeScopes } from '../inspection/scopes.js';
import { describeSubject } from '../inspection/subject.js';
import { fields } from '../table.js';
import { readToken, TOKEN_FLAG } from '../token-text.js';
import { type Call, EXIT, UnansweredError, UsageError, type Verb } from '../verb.js';

export const tokenInspect: Verb = {
  words: ['token', 'inspect'],
  about: 'Explain a token, and ask the broker whether it is valid',
  flags: {
    ...TOKEN_FLAG,
    require: { value: 'SCOPE', about: 'is this scope covered?', isRepeatable: true },
  },
  notes: `Prints neither the token nor its signature. Needs no admin secret. Without a
broker nothing is proven, as anybody can write a token: it ends with 0, and
with --require, which then cannot be answered, with 3.`,
  async run(call) {
    const required = call.flags.all('require');
    if (!required.every((scope) => isScope(scope))) {
      throw new UsageError('"--require" must be a scope: action:resource:identifier');
    }
    const connection = findConnection(call);
    const token = await readToken(call);
    const decoded = decodeToken(token);
    const verdict =
      connection === undefined ? NOT_ASKED : await ask(connection, token, call.context.signal);
    const isEnough = show(call, decoded, { verdict, required });
    if (verdict.outcome === 'could_not_ask') throw new UnansweredError(verdict.cause);
    if (verdict.outcome === 'invalid' || !isEnough) return EXIT.refused;
    // Whoever requires a scope wants to know whether it is held: that nobody can say without a broker.
    return verdict.outcome === 'not_asked' && required.length > 0 ? EXIT.fault : EXIT.ok;
  },
};

type Verdict =
  | { readonly outcome: 'valid'; readonly claims: Claims }
  | { readonly outcome: 'invalid'; readonly error: string }
  | { readonly outcome: 'not_asked' }
  | { readonly outcome: 'could_not_ask'; readonly cause: unknown };

const NOT_ASKED: Verdict = { outcome: 'not_asked' };

async function ask(
  { brokerUrl, ...connection }: NonNullable<ReturnType<typeof findConnection>>,
  token: string,
  signal: AbortSignal,
): Promise<Verdict> {
  try {
    const answer = await validate(brokerUrl, token, { ...connection, signal });
    return answer.valid
      ? { outcome: 'valid', claims: answer.claims }
      : { outcome: 'invalid', error: answer.error };
  } catch (cause) {
    // What is wrong with the options, or the user's doing.
    if (cause instanceof TypeError || signal.aborted) throw cause;
    return { outcome: 'could_not_ask', cause };
  }
}

/** @returns whether the token covers all that is required */
function show(
  call: Call,
  decoded: DecodedToken,
  { verdict, required }: { readonly verdict: Verdict; readonly required: readonly string[] },
): boolean {
  const { header } = decoded;
  // What the broker vouched for, where it did.
  const claims = verdict.outcome === 'valid' ? verdict.claims : decoded.claims;
  const subject = describeSubject(claims);
  const lifetime = describeLifetime(claims, call.context.now());
  const scopes = describeScopes(claims.scope);
  const coverage = describeRequired(required, claims.scope);
  const delegation = describeDelegation(claims);
  const { delegation_chain: _, ...shown } = claims;
  const { alg, kid } = header;
  call.show(
    {
      validation: {
        outcome: verdict.outcome,
        ...(verdict.outcome === 'invalid' ? { error: verdict.error } : {}),
      },
      header,
      subject: subject.document,
      lifetime: lifetime.document,
      scopes: scopes.document,
      required: coverage.document,
      delegation: delegation.document,
      claims: shown,
    },
    sections(
      [headline(verdict)],
      subject.lines,
      lifetime.lines,
      scopes.lines,
      coverage.lines,
      delegation.lines,
      fields([
        ['token id', claims.jti],
        ['issuer', claims.iss === '' ? 'not said' : claims.iss],
        ['audience', claims.aud.length === 0 ? 'not said' : claims.aud.join(', ')],
        ['algorithm', alg === 'EdDSA' ? alg : `${alg ?? 'not said'}: a broker takes EdDSA only`],
        ['key id', kid ?? 'not said'],
      ]),
    ),
  );
  return coverage.isCovered;
}

function headline(verdict: Verdict): string {
  switch (verdict.outcome) {
    case 'valid':
      return 'VALID, says the broker';
    case 'invalid':
      return `INVALID, says the broker: ${verdict.error}`;
    case 'not_asked':
      return 'NOT VALIDATED: no broker given. All of this is only what the token says of itself.';
    case 'could_not_ask':
      return 'NOT VALIDATED: could not ask the broker. All of this is only what the token says of itself.';
    default:
      return verdict satisfies never;
  }
}

function sections(...parts: readonly (readonly string[])[]): readonly string[] {
  return parts.flatMap((part, index) =>
    part.length === 0 ? [] : index === 0 ? part : ['', ...part],
  );
}
