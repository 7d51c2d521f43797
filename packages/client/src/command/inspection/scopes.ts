// Held and required scopes in → what they allow, in words and for programs, out (protocol §4).

import { parseScope, scopeCovers } from '@agentwrit/protocol';
import { fields, table } from '../table.js';

export interface Described {
  readonly document: readonly object[];
  readonly lines: readonly string[];
}

export function describeScopes(held: readonly string[]): Described {
  if (held.length === 0) return { document: [], lines: ['no scopes: it allows nothing'] };
  const scopes = held.map((scope) => ({ scope, parts: parseScope(scope), allows: allowed(scope) }));
  return {
    document: scopes.map(({ scope, parts, allows }) => ({ scope, ...parts, allows })),
    lines: table(
      ['action', 'resource', 'identifier', 'allows'],
      scopes.map(({ scope, parts, allows }) =>
        parts === undefined
          ? [scope, '', '', allows]
          : [parts.action, parts.resource, parts.identifier, allows],
      ),
    ),
  };
}

/** Each required scope with the held one that covers it, if there is one. */
export function describeRequired(
  required: readonly string[],
  held: readonly string[],
): Described & { readonly isCovered: boolean } {
  const answers = required.map((scope) => ({
    scope,
    covered_by: held.find((candidate) => scopeCovers(candidate, scope)) ?? null,
  }));
  return {
    isCovered: answers.every(({ covered_by: by }) => by !== null),
    document: answers,
    lines: fields(
      answers.map(({ scope, covered_by: by }) => [
        `requires ${scope}`,
        by === null ? 'MISSING' : `covered by ${by}`,
      ]),
    ),
  };
}

function allowed(scope: string): string {
  const parts = parseScope(scope);
  if (parts === undefined) return 'nothing: not action:resource:identifier';
  const { action, resource, identifier } = parts;
  const literal = [
    ...(action === '*' ? ['"*" as action covers only itself'] : []),
    ...(resource === '*' ? ['"*" as resource covers only itself'] : []),
    ...(identifier !== '*' && identifier.includes('*') ? ['its "*" is no pattern'] : []),
  ];
  return [identifier === '*' ? 'any identifier' : `only ${identifier}`, ...literal].join('; ');
}
