// Express' request in → the guard's facts out.

import type { IncomingMessage } from 'node:http';
import {
  type Agent,
  readAuthorization,
  readRouteParameter,
  type RequestFacts,
} from '@agentwrit/core';

/**
 * What Express, 4 or 5, adds to Node's request, as far as it is used here. Nothing is taken for granted: other
 * servers run Express' middleware too.
 */
export interface ReceivedRequest extends IncomingMessage {
  readonly originalUrl?: string;
  /** What routers above have matched. */
  readonly baseUrl?: string;
  readonly route?: unknown;
  readonly params?: unknown;
  /** What `trust proxy` makes of it. */
  readonly ip?: unknown;
  agent?: Agent;
}

/** Reads from Express only what the guard asks for. */
export class ExpressRequestFacts implements RequestFacts<ReceivedRequest> {
  readonly request: ReceivedRequest;

  constructor(request: ReceivedRequest) {
    this.request = request;
  }

  get authorization(): string | readonly string[] | undefined {
    return readAuthorization(this.request.rawHeaders, this.request.headers.authorization);
  }

  get method(): string {
    return this.request.method ?? '';
  }

  /** As received: `req.url` has lost what routers above have matched. */
  get url(): string {
    return this.request.originalUrl ?? this.request.url ?? '';
  }

  get route(): string | undefined {
    // Absent under app.use(), and its path may be a regular expression.
    const { route, baseUrl = '' } = this.request;
    if (typeof route !== 'object' || route === null || !('path' in route)) return undefined;
    return typeof route.path === 'string' ? baseUrl + route.path : undefined;
  }

  get requestId(): string | readonly string[] | undefined {
    return this.request.headers['x-request-id'];
  }

  get clientAddress(): string | undefined {
    const { request } = this;
    // Other servers need not have it, and its setting may be a function of the program.
    const ip = attempt(() => request.ip);
    return typeof ip === 'string' ? ip : request.socket?.remoteAddress;
  }

  param(name: string): string | undefined {
    return readRouteParameter(this.request.params, name);
  }
}

function attempt<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
