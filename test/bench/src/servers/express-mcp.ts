// What the broker says in → the MCP SDK's requireBearerAuth out, with the cache that people put behind it.

import { requireBearerAuth } from '@modelcontextprotocol/express';
import { type AuthInfo, OAuthError, OAuthErrorCode } from '@modelcontextprotocol/server';
import { LRUCache } from 'lru-cache';
import { MAX_AGE_SECONDS } from '../variants.js';
import { askBroker } from './ask-broker.js';
import type { ExpressGuard } from './express.js';
import { coversRead, type Trust } from './settings.js';

const MAX_TOKENS = 10_000;

// Its types say so, where they are installed; so do those of others, and differently.
function authOf(req: object): AuthInfo | undefined {
  return (req as { readonly auth?: AuthInfo }).auth;
}

export function mcpGuard(trust: Trust): ExpressGuard {
  const known = new LRUCache<string, AuthInfo>({ max: MAX_TOKENS, ttl: MAX_AGE_SECONDS * 1000 });
  const verifier = {
    async verifyAccessToken(token: string): Promise<AuthInfo> {
      const cached = known.get(token);
      if (cached !== undefined) return cached;
      const claims = await askBroker(token, trust);
      if (claims === undefined) throw new OAuthError(OAuthErrorCode.InvalidToken, 'invalid token');
      const info = {
        token,
        clientId: claims.sub,
        scopes: claims.scope,
        expiresAt: claims.exp,
      };
      known.set(token, info);
      return info;
    },
  };
  return {
    middleware: [
      // Its own `requiredScopes` are fixed texts, which cannot name the identifier.
      requireBearerAuth({ verifier }),
      (req, res, next) => {
        if (coversRead(authOf(req)?.scopes, String(req.params['id']))) next();
        else res.sendStatus(403);
      },
    ],
    caller: (req) => authOf(req)?.clientId ?? '',
  };
}
