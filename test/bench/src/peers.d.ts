// As much of the peers' types as is used here: only `npm run bench` installs them, and the rest must compile without.

declare module 'express-oauth2-jwt-bearer' {
  import type { RequestHandler } from 'express';
  export function auth(options: {
    readonly issuer: string;
    readonly audience: string;
    readonly jwksUri: string;
    readonly tokenSigningAlg: string;
  }): RequestHandler;
}

declare module '@fastify/jwt' {
  import type { FastifyPluginCallback } from 'fastify';
  export const fastifyJwt: FastifyPluginCallback<{
    readonly secret: { readonly public: string };
    readonly verify: {
      readonly algorithms: readonly string[];
      readonly allowedIss: string;
      readonly allowedAud: string;
      readonly cache?: number;
    };
  }>;
}

declare module '@modelcontextprotocol/server' {
  export interface AuthInfo {
    readonly token: string;
    readonly clientId: string;
    readonly scopes: string[];
    readonly expiresAt: number;
  }
  export class OAuthError extends Error {
    constructor(code: string, message: string);
  }
  export const OAuthErrorCode: { readonly InvalidToken: string };
}

declare module '@modelcontextprotocol/express' {
  import type { AuthInfo } from '@modelcontextprotocol/server';
  import type { RequestHandler } from 'express';
  export function requireBearerAuth(options: {
    readonly verifier: { readonly verifyAccessToken: (token: string) => Promise<AuthInfo> };
  }): RequestHandler;
}

declare module 'lru-cache' {
  export class LRUCache<Key, Value> {
    constructor(options: { readonly max: number; readonly ttl: number });
    get(key: Key): Value | undefined;
    set(key: Key, value: Value): this;
  }
}

declare module 'undici' {
  export class Pool {
    constructor(origin: string, options: { readonly connections: number });
    request(options: {
      readonly method: 'POST';
      readonly path: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }): Promise<{ readonly statusCode: number; readonly body: { text(): Promise<string> } }>;
    close(): Promise<void>;
  }
}
