// What an adapter knows of a request, and how it reads a parameter of its route.

/** What an adapter knows of a request. Members may be getters: those not needed are not read. */
export interface RequestFacts<Request = unknown> {
  /** The framework's own: what functions of the program get. */
  readonly request: Request;
  /** Every Authorization field value, unjoined where the platform can tell them apart. */
  readonly authorization: string | readonly string[] | undefined;
  readonly method: string;
  /** The request target: path and query, or the whole URL. */
  readonly url: string;
  /** The route's pattern, where the framework knows it. */
  readonly route: string | undefined;
  /** The `X-Request-ID` field, as received; of several the first counts. */
  readonly requestId: string | readonly string[] | undefined;
  /** Where the request came from, where that is known: an address without a port. */
  readonly clientAddress?: string | undefined;
  /** A decoded parameter of the route itself, never of a URL parsed again. */
  param(name: string): string | undefined;
}

/**
 * One parameter out of what a framework has found in its route, as the handler will see it. Own members only.
 * A whole number, as a schema can make of a text, is read as it prints; a list, as a wildcard can give, is no
 * single identifier.
 */
export function readRouteParameter(params: unknown, name: string): string | undefined {
  if (typeof params !== 'object' || params === null || !Object.hasOwn(params, name)) {
    return undefined;
  }
  const value = (params as Readonly<Record<string, unknown>>)[name];
  if (Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' ? value : undefined;
}
