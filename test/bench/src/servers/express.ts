// A variant in → an Express server with it out.

import { createAgentWrit } from '@agentwrit/express';
import express, { type ErrorRequestHandler, type Request, type RequestHandler } from 'express';
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
export interface ExpressGuard {
  readonly middleware: readonly RequestHandler[];
  readonly caller: (req: Request) => string;
  readonly waits?: () => number;
}

async function guardOf(settings: ServerSettings): Promise<ExpressGuard> {
  const { variant, trust } = settings;
  switch (variant) {
    case 'none':
      return { middleware: [], caller: () => NOBODY };
    case 'noop':
      return { middleware: [(_req, _res, next) => next()], caller: () => NOBODY };
    case 'ours':
      return ours(trust);
    case 'fetch':
      return asking(trust);
    case 'mcp-lru':
      return (await import('./express-mcp.js')).mcpGuard(trust);
    case 'oauth2-jwt-bearer':
      return (await import('./express-oauth2.js')).oauth2Guard(trust);
    default:
      throw unknownVariant(settings);
  }
}

function ours(trust: Trust): ExpressGuard {
  const agentwrit = createAgentWrit(guardOptions(trust));
  return {
    middleware: [agentwrit.requireScope('read:data:{id}')],
    caller: (req) => req.agent?.id ?? '',
    waits: () => waitsOf(agentwrit.stats()),
  };
}

function asking(trust: Trust): ExpressGuard {
  const callers = new WeakMap<Request, string>();
  const check = async (req: Request): Promise<number> => {
    const token = bearerToken(req.headers.authorization);
    const claims = token === undefined ? undefined : await askBroker(token, trust);
    if (claims === undefined) return 401;
    if (!coversRead(claims.scope, String(req.params['id']))) return 403;
    callers.set(req, claims.sub);
    return 200;
  };
  return {
    middleware: [
      async (req, res, next) => {
        const status = await check(req);
        if (status === 200) next();
        else res.sendStatus(status);
      },
    ],
    caller: (req) => callers.get(req) ?? '',
  };
}

// What the peers' errors become; Express would write each of them to stderr.
const answerError: ErrorRequestHandler = (
  error: { readonly status?: number },
  _req,
  res,
  _next,
) => {
  res.sendStatus(error.status ?? 500);
};

export async function expressServer(settings: ServerSettings): Promise<BuiltServer> {
  const { middleware, caller, ...more } = await guardOf(settings);
  const app = express();
  app.get('/data/:id', ...middleware, (req: Request, res) => {
    res.json({ id: req.params['id'], by: caller(req) });
  });
  app.use(answerError);
  return { server: app.listen(0, '127.0.0.1'), ...more };
}
