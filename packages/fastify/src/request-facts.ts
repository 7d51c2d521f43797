// Fastify's request in → the guard's facts out.

import { readAuthorization, readRouteParameter, type RequestFacts } from '@agentwrit/core';
import type { CheckedRequest } from './checked-request.js';

/** Reads from Fastify only what the guard asks for. */
export class FastifyRequestFacts implements RequestFacts<CheckedRequest> {
  readonly request: CheckedRequest;

  constructor(request: CheckedRequest) {
    this.request = request;
  }

  get authorization(): string | readonly string[] | undefined {
    const { raw, headers } = this.request;
    return readAuthorization(raw.rawHeaders, headers.authorization);
  }

  get method(): string {
    return this.request.method;
  }

  /** As received, before any `rewriteUrl`. */
  get url(): string {
    return this.request.originalUrl;
  }

  get route(): string | undefined {
    return this.request.routeOptions.url;
  }

  get requestId(): string | readonly string[] | undefined {
    return this.request.headers['x-request-id'];
  }

  /** As `trustProxy` has it. */
  get clientAddress(): string | undefined {
    return this.request.ip;
  }

  param(name: string): string | undefined {
    return readRouteParameter(this.request.params, name);
  }
}
