// What a route needs → what its OpenAPI document says of it (@fastify/swagger).

import type { ListedRoute, RouteNeeds } from '@agentwrit/core';
import type { RouteOptions } from 'fastify';

/** One thing a route needs, in the `x-required-scope` of its operation: everything in that list is needed. */
export interface RequiredScopeExtension {
  /** Scopes as declared, placeholders included; none where any good token will do. */
  readonly all?: readonly string[];
  /** One of them is enough. */
  readonly any?: readonly string[];
  /** Functions of the program compute scopes as well. */
  readonly computed?: true;
  /** Callers without a credential may come in. */
  readonly optional?: true;
}

const SCHEME = 'agentwrit';
const EXTENSION = 'x-required-scope';

/** Notes in a route's schema what it needs: `x-required-scope`, or that it is open. */
export function noteSecurity(options: RouteOptions, { needs, isPublic }: ListedRoute): void {
  if (needs.length > 0) {
    const noted = { ...options.schema, [EXTENSION]: needs.map(extensionOf) };
    options.schema = noted;
  } else if (isPublic) {
    // What the route says itself stays.
    const noted = { security: [], ...options.schema };
    options.schema = noted;
  }
}

function extensionOf({
  match,
  scopes,
  isComputed,
  isOptional,
}: RouteNeeds): RequiredScopeExtension {
  return {
    [match === 'any' ? 'any' : 'all']: scopes,
    ...(isComputed && { computed: true as const }),
    ...(isOptional && { optional: true as const }),
  };
}

/**
 * For the option `transformObject` of `@fastify/swagger`: describes the scheme `agentwrit`, and gives each
 * operation that has an `x-required-scope` its `security`. From OpenAPI 3.1 on that names the scopes; 3.0 allows
 * only an empty list (§ Security Requirement Object). Documents of Swagger 2 stay as they are.
 *
 * @example
 * await app.register(swagger, { openapi: { openapi: '3.1.0' }, transformObject: describeSecurity });
 */
export function describeSecurity<OpenApi extends object, Swagger>(
  document: { readonly openapiObject: OpenApi } | { readonly swaggerObject: Swagger },
): OpenApi | Swagger {
  if (!('openapiObject' in document)) return document.swaggerObject;
  const { openapiObject } = document;
  const { openapi, components, paths } = openapiObject as OpenApiDocument;
  const namesScopes = !openapi?.startsWith('3.0');
  return {
    ...openapiObject,
    components: {
      ...components,
      securitySchemes: { [SCHEME]: SECURITY_SCHEME, ...components?.securitySchemes },
    },
    paths: mapValues(paths ?? {}, (path) =>
      mapValues(path, (operation) => {
        const noted = operation?.[EXTENSION];
        return noted === undefined
          ? operation
          : { security: securityOf(noted, namesScopes), ...operation };
      }),
    ),
  };
}

// So much of a document as is read here; the extension is put there by noteSecurity() alone.
interface OpenApiDocument {
  readonly openapi?: string;
  readonly components?: { readonly securitySchemes?: object };
  readonly paths?: Readonly<Record<string, Readonly<Record<string, OpenApiOperation | undefined>>>>;
}
interface OpenApiOperation {
  readonly [EXTENSION]?: readonly RequiredScopeExtension[];
}

const SECURITY_SCHEME = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  description:
    'An agent token that the AgentWrit broker vouches for. What its scope must cover is in ' +
    `\`${EXTENSION}\` of each operation; \`{name}\` is the path parameter of that name.`,
};

// The list says "one of these"; the scopes of one member say "all of these".
function securityOf(
  noted: readonly RequiredScopeExtension[],
  namesScopes: boolean,
): readonly Readonly<Record<string, readonly string[]>>[] {
  let alternatives: readonly (readonly string[])[] = [[]];
  if (namesScopes) {
    for (const { all = [], any, computed } of noted) {
      // A function may name another scope that is enough, which nobody knows beforehand.
      const unknown = computed ? [[]] : [];
      const choices = any === undefined ? [all] : [...any.map((scope) => [scope]), ...unknown];
      alternatives = alternatives.flatMap((scopes) =>
        choices.map((choice) => [...scopes, ...choice]),
      );
    }
  }
  const isOptional = noted.every(({ optional }) => optional);
  return [...alternatives.map((scopes) => ({ [SCHEME]: scopes })), ...(isOptional ? [{}] : [])];
}

function mapValues<Value, Mapped>(
  record: Readonly<Record<string, Value>>,
  map: (value: Value) => Mapped,
): Record<string, Mapped> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
