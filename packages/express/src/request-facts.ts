import { readAuthorization, type RequestFacts } from '@agentwrit/core';
import type { Request } from 'express';

/** Reads from Express only what the guard asks for. */
export class ExpressRequestFacts implements RequestFacts {
  readonly #req: Request;

  constructor(req: Request) {
    this.#req = req;
  }

  get authorization(): string | readonly string[] | undefined {
    return readAuthorization(this.#req.rawHeaders);
  }

  get method(): string {
    return this.#req.method;
  }

  /** As received: `req.url` has lost what routers above have matched. */
  get url(): string {
    return this.#req.originalUrl;
  }

  get route(): string | undefined {
    // Typed `any` by Express, absent under app.use(), and may be a regular expression.
    const route: unknown = this.#req.route;
    if (typeof route !== 'object' || route === null || !('path' in route)) return undefined;
    return typeof route.path === 'string' ? this.#req.baseUrl + route.path : undefined;
  }

  get requestId(): string | undefined {
    const value = this.#req.headers['x-request-id'];
    return typeof value === 'string' ? value : value?.[0];
  }

  param(name: string): string | undefined {
    // Express 5 gives a wildcard as an array: that is no single identifier.
    const params: Readonly<Record<string, unknown>> = this.#req.params;
    const value = Object.hasOwn(params, name) ? params[name] : undefined;
    return typeof value === 'string' ? value : undefined;
  }
}
