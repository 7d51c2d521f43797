// The broker's key in → @fastify/jwt out, with or without its cache, and with the check of scopes that it lacks.

import { fastifyJwt } from '@fastify/jwt';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type FastifyGuard, idOf } from './fastify.js';
import { coversRead, type Trust } from './settings.js';

interface Verifying {
  readonly jwtVerify: () => Promise<unknown>;
  readonly user: { readonly sub?: string; readonly scope?: unknown };
}

// What is registered below gives each request these.
function verifying(request: FastifyRequest): Verifying {
  return request as unknown as Verifying;
}

// Its default size, and so as many as the load's tokens.
const CACHED_TOKENS = 1000;

export async function jwtGuard(
  app: FastifyInstance,
  { issuer, audience, pem, key }: Trust,
  isCached: boolean,
): Promise<FastifyGuard> {
  await app.register(fastifyJwt, {
    secret: { public: pem },
    verify: {
      algorithms: [key.alg],
      allowedIss: issuer,
      allowedAud: audience,
      ...(isCached && { cache: CACHED_TOKENS }),
    },
  });
  return {
    preHandler: [
      async (request, reply) => {
        // As its documentation does it; what it throws is 401.
        await verifying(request).jwtVerify();
        if (coversRead(verifying(request).user.scope, idOf(request))) return undefined;
        return reply.code(403).send();
      },
    ],
    caller: (request) => verifying(request).user.sub ?? '',
  };
}
