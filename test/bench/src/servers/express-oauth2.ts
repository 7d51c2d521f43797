// The broker's keys in → express-oauth2-jwt-bearer out, with the check of scopes that it lacks for lists.

import { auth } from 'express-oauth2-jwt-bearer';
import type { ExpressGuard } from './express.js';
import { coversRead, type Trust } from './settings.js';

interface Verified {
  readonly auth?: {
    readonly payload: { readonly sub?: string; readonly scope?: unknown };
  };
}

// Its types say so, where they are installed; so do those of others, and differently.
function payloadOf(req: object): NonNullable<Verified['auth']>['payload'] {
  return (req as Verified).auth?.payload ?? {};
}

export function oauth2Guard({ issuer, audience, jwksUri, key }: Trust): ExpressGuard {
  return {
    middleware: [
      auth({ issuer, audience, jwksUri, tokenSigningAlg: key.alg }),
      (req, res, next) => {
        if (coversRead(payloadOf(req).scope, String(req.params['id']))) next();
        else res.sendStatus(403);
      },
    ],
    caller: (req) => payloadOf(req).sub ?? '',
  };
}
