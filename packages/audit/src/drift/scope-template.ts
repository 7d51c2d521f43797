// Scopes in → what they have in common with others of their kind, `write:data:order-{id}`, out.

import { parseScope } from '@agentwrit/protocol';
import { foldVaryingParts } from './varying-parts.js';

/** Stands for scopes of whatever kind, when there are too many kinds. */
export const OTHER_SCOPES = '(others)';

// No scope that is granted is one of these: `{id}` is what varies in a kind, this is a whole identifier.
const ANY_IDENTIFIER = '{…}';

/** `write:data:order-4823` → `write:data:order-{id}` */
export function templateOf(scope: string): string {
  const parts = parseScope(scope);
  if (parts === undefined) return scope;
  const { action, resource, identifier } = parts;
  return `${action}:${resource}:${foldVaryingParts(identifier, '{id}')}`;
}

/** `write:data:order-4823` → `write:data:{…}`: all that is of one action on one resource. */
export function kindOf(scope: string): string {
  const parts = parseScope(scope);
  return parts === undefined ? scope : `${parts.action}:${parts.resource}:${ANY_IDENTIFIER}`;
}

export function isWildcard(scope: string): boolean {
  return parseScope(scope)?.identifier === '*';
}
