// A variant in → a Hono server on Node with it out.

import type { Server } from 'node:http';
import { createAgentWrit } from '@agentwrit/hono';
import { serve } from '@hono/node-server';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { jwk } from 'hono/jwk';
import { askBroker, bearerToken } from './ask-broker.js';
import {
  type BuiltServer,
  coversRead,
  guardOptions,
  NOBODY,
  type ServerSettings,
  type Trust,
  unknownVariant,
  waitsOf,
} from './settings.js';

/** What stands before the handler, and how the handler learns who is calling. */
interface HonoGuard {
  readonly middleware: readonly MiddlewareHandler[];
  readonly caller: (c: Context) => string;
  readonly waits?: () => number;
}

function guardOf(settings: ServerSettings): HonoGuard {
  const { variant, trust } = settings;
  switch (variant) {
    case 'none':
      return { middleware: [], caller: () => NOBODY };
    case 'noop':
      return { middleware: [(_c, next) => next()], caller: () => NOBODY };
    case 'ours':
      return ours(trust);
    case 'fetch':
      return asking(trust);
    case 'jwk':
      return verifying(trust);
    default:
      throw unknownVariant(settings);
  }
}

function ours(trust: Trust): HonoGuard {
  const agentwrit = createAgentWrit(guardOptions(trust));
  return {
    middleware: [agentwrit.requireScope('read:data:{id}')],
    waits: () => waitsOf(agentwrit.stats()),
    caller: (c) => (c.get('agent') as { readonly id: string }).id,
  };
}

function asking(trust: Trust): HonoGuard {
  return {
    middleware: [
      async (c, next) => {
        const token = bearerToken(c.req.header('authorization'));
        const claims = token === undefined ? undefined : await askBroker(token, trust);
        if (claims === undefined) return c.text('Unauthorized', 401);
        if (!coversRead(claims.scope, c.req.param('id') ?? '')) return c.text('Forbidden', 403);
        c.set('caller', claims.sub);
        return next();
      },
    ],
    caller: (c) => c.get('caller') as string,
  };
}

function verifying({ key, issuer, audience }: Trust): HonoGuard {
  const payloadOf = (c: Context): { readonly sub: string; readonly scope: unknown } =>
    c.get('jwtPayload') as { readonly sub: string; readonly scope: unknown };
  return {
    middleware: [
      jwk({ keys: [key], alg: ['EdDSA'], verification: { iss: issuer, aud: audience } }),
      (c, next) =>
        coversRead(payloadOf(c).scope, c.req.param('id') ?? '')
          ? next()
          : Promise.resolve(c.text('Forbidden', 403)),
    ],
    caller: (c) => payloadOf(c).sub,
  };
}

export function honoServer(settings: ServerSettings): BuiltServer {
  const { middleware, caller, ...more } = guardOf(settings);
  const app = new Hono();
  // One by one: the types of Hono's `get` want to know how many there are.
  for (const step of middleware) app.get('/data/:id', step);
  app.get('/data/:id', (c) => c.json({ id: c.req.param('id'), by: caller(c) }));
  // An HTTP/1 server, as nothing else is asked for.
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server;
  return { server, ...more };
}
