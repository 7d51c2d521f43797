// What a decision says of its request in → words that a metric may be divided by, a bounded number, out.

/** Methods of RFC 9110 and RFC 5789: what OpenTelemetry's conventions know. */
const METHODS: ReadonlySet<string> = new Set([
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'TRACE',
]);

/** For a method that is none of the known ones, as OpenTelemetry's conventions have it. */
export const OTHER_METHOD = '_OTHER';

/** For a route for which there is no room. */
export const OTHER_ROUTE = '_other';

/** Enough for most APIs; each one is some kilobytes in the memory of whoever collects it. */
export const DEFAULT_MAX_ROUTES = 500;

// A pattern is written by hand.
const MAX_LENGTH = 256;

export function methodName(method: string): string {
  return METHODS.has(method) ? method : OTHER_METHOD;
}

/**
 * Remembers a bounded number of routes. Some frameworks put what a caller has sent into the pattern of a route
 * (Express does with that of a mounted router): so that nobody without a good token can use up the room, decisions
 * that let in no agent may name half of the routes.
 */
export class RouteNames {
  readonly #max: number;
  readonly #routes = new Set<string>();

  constructor(max: number) {
    this.#max = max;
  }

  nameOf(route: string, isForNobody: boolean): string {
    if (this.#routes.has(route)) return route;
    const room = isForNobody ? Math.floor(this.#max / 2) : this.#max;
    if (this.#routes.size >= room || route.length > MAX_LENGTH) return OTHER_ROUTE;
    this.#routes.add(route);
    return route;
  }
}
