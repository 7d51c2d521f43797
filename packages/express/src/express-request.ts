// What this package promises of Express' requests, in its own words → types that need none of Express' own.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Agent } from '@agentwrit/core';

declare global {
  namespace Express {
    interface Request {
      /** Who is calling: set behind a guard, absent elsewhere. Inside `guarded()` it is always there. */
      agent?: Agent;
    }
  }
}

/**
 * A request of Express 4 or 5, with whatever the program has added to `Express.Request`: what functions of the
 * program get. One that wants more says so: `(req: Request<{ id: string }>) => …`.
 */
export interface ExpressRequest extends IncomingMessage, Express.Request {
  readonly method: string;
  /** What is left of the target below the routers above; `originalUrl` is the whole. */
  readonly url: string;
  readonly originalUrl: string;
  /** What routers above have matched. */
  readonly baseUrl: string;
  readonly path: string;
  readonly hostname: string;
  readonly ip: string | undefined;
  /** Decoded. A wildcard of Express 5 is a list. */
  readonly params: Readonly<Record<string, string | string[]>>;
  readonly query: Readonly<Record<string, unknown>>;
  /** What a body parser before the guard has made of it. */
  readonly body?: unknown;
  /** A header field. */
  readonly get: (name: string) => string | undefined;
}

export type Next = (error?: unknown) => void;

/**
 * Express middleware, in Node's own types: Express' would fix the type of `req.params`, and the handlers
 * behind it could no longer take theirs from the path.
 */
export type ExpressMiddleware = (req: IncomingMessage, res: ServerResponse, next: Next) => void;
