// A fetch request, and what came with it, in → the guard's facts out.

import { findClientAddress } from './client-address.js';
import { memberOf } from './member.js';
import { readRouteParameter, type RequestFacts } from './request-facts.js';
import { RouteFault } from './route-fault.js';
import { isThenable } from './settled.js';

/** Where the request came from, as the program finds it in what the server has handed on. */
export type AddressReader = (request: Request, ...rest: unknown[]) => string | undefined;

export interface FetchRoute {
  /** The route's pattern, for events. */
  readonly route: string | undefined;
  /** The route's parameters, read beforehand: some servers give a promise of them. */
  readonly params: unknown;
  /** What else the server has called the handler with. */
  readonly rest: readonly unknown[];
  readonly readAddress: AddressReader;
}

export class FetchRequestFacts implements RequestFacts<Request> {
  readonly request: Request;
  readonly #route: FetchRoute;

  constructor(request: Request, route: FetchRoute) {
    this.request = request;
    this.#route = route;
  }

  get route(): string | undefined {
    return this.#route.route;
  }

  /** The platform joins several values with ", "; what comes of that is no bearer credential and is refused. */
  get authorization(): string | undefined {
    return this.request.headers.get('authorization') ?? undefined;
  }

  get method(): string {
    return this.request.method;
  }

  get url(): string {
    return this.request.url;
  }

  get requestId(): string | undefined {
    return this.request.headers.get('x-request-id') ?? undefined;
  }

  get clientAddress(): string | undefined {
    const { readAddress, rest } = this.#route;
    return readAddress(this.request, ...rest);
  }

  param(name: string): string | undefined {
    const { params } = this.#route;
    if (params instanceof RouteFault) throw params;
    return readRouteParameter(params, name);
  }
}

/** Parameters of the route that chose the handler. */
export type ParamsReader = (request: Request, ...rest: unknown[]) => unknown;

/**
 * Where servers put what their own router has found: on the request (`Bun.serve`), or on the second argument
 * (Next.js, where it is a promise).
 */
export const findFetchParams: ParamsReader = (request, ...rest) =>
  memberOf(request, 'params') ?? memberOf(rest[0], 'params');

/** The address of the connection, as `Deno.serve` and `Bun.serve` hand it on with the second argument. */
export const findFetchAddress: AddressReader = (request, ...rest) =>
  findClientAddress(rest[0], request);

/**
 * What a route's parameters are, as far as they can be had: a failure is met where one is needed. A promise of them
 * where the reader gives one, which does not reject.
 */
export function readParams(
  read: ParamsReader,
  request: Request,
  rest: readonly unknown[],
): unknown {
  try {
    const params = read(request, ...rest);
    return isThenable(params) ? params.then(undefined, unreadable) : params;
  } catch {
    return unreadable();
  }
}

function unreadable(): RouteFault {
  return new RouteFault('function_failed', 'the parameters of the route could not be read');
}
