// Hono's context in → the guard's facts out.

import { findClientAddress, readAuthorization, type RequestFacts } from '@agentwrit/core';
import type { Context } from 'hono';
import { routePath } from 'hono/route';

/** Reads from Hono only what the guard asks for. */
export class HonoRequestFacts implements RequestFacts<Context> {
  readonly request: Context;

  constructor(c: Context) {
    this.request = c;
  }

  /**
   * On Node several values are seen as they were received. Elsewhere the platform has joined them with ", "
   * already; what comes of that is no bearer credential and is refused.
   */
  get authorization(): string | readonly string[] | undefined {
    return readAuthorization(
      nodeRawHeaders(this.request.env),
      this.request.req.header('authorization'),
    );
  }

  get method(): string {
    return this.request.req.method;
  }

  get url(): string {
    return this.request.req.url;
  }

  get route(): string | undefined {
    return routePath(this.request);
  }

  get requestId(): string | undefined {
    return this.request.req.header('x-request-id');
  }

  /** Of the connection: on Node, Deno and Bun. Elsewhere nobody says so but headers. */
  get clientAddress(): string | undefined {
    const env: unknown = this.request.env;
    const request = this.request.req.raw;
    const socket = member(member(env, 'incoming'), 'socket');
    const address = member(socket, 'remoteAddress');
    if (typeof address === 'string') return address;
    // Bun's server may be the environment, or in it.
    return findClientAddress(env, request) ?? findClientAddress(member(env, 'server'), request);
  }

  param(name: string): string | undefined {
    return this.request.req.param(name);
  }
}

// What @hono/node-server puts in the environment.
function nodeRawHeaders(env: unknown): readonly unknown[] {
  const rawHeaders = member(member(env, 'incoming'), 'rawHeaders');
  return Array.isArray(rawHeaders) ? rawHeaders : [];
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
