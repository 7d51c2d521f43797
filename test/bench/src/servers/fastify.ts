// A variant in → a Fastify server with it out.

import { type AgentWritOptions, createAgentWrit } from '@agentwrit/fastify';
import {
  fastify,
  type FastifyInstance,
  type FastifyRequest,
  type preHandlerHookHandler,
} from 'fastify';
import { auditFileFor } from './audit-file.js';
import { askBroker, bearerToken } from './ask-broker.js';
import {
  type Answer,
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
export interface FastifyGuard {
  readonly preHandler: preHandlerHookHandler[];
  readonly caller: (request: FastifyRequest) => string;
  readonly waits?: () => number;
}

async function guardOf(app: FastifyInstance, settings: ServerSettings): Promise<FastifyGuard> {
  const { variant, trust } = settings;
  switch (variant) {
    case 'none':
      return { preHandler: [], caller: () => NOBODY };
    case 'noop':
      return { preHandler: [(_request, _reply, done) => done()], caller: () => NOBODY };
    case 'ours':
      return ours(app, guardOptions(trust));
    case 'ours-audit':
    case 'ours-required': {
      const audit = await auditFileFor(variant);
      app.addHook('onClose', () => audit.close());
      return ours(app, { ...guardOptions(trust), onDecision: audit });
    }
    case 'fetch':
      return asking(trust);
    case 'jwt':
    case 'jwt-cached':
      return (await import('./fastify-jwt.js')).jwtGuard(app, trust, variant === 'jwt-cached');
    default:
      throw unknownVariant(settings);
  }
}

async function ours(app: FastifyInstance, options: AgentWritOptions): Promise<FastifyGuard> {
  const agentwrit = createAgentWrit(options);
  await app.register(agentwrit.plugin);
  return {
    preHandler: [agentwrit.requireScope('read:data:{id}')],
    caller: (request) => request.agent?.id ?? '',
    waits: () => waitsOf(agentwrit.stats()),
  };
}

function asking(trust: Trust): FastifyGuard {
  const callers = new WeakMap<FastifyRequest, string>();
  return {
    preHandler: [
      async (request, reply) => {
        const token = bearerToken(request.headers.authorization);
        const claims = token === undefined ? undefined : await askBroker(token, trust);
        if (claims === undefined) return reply.code(401).send();
        if (!coversRead(claims.scope, idOf(request))) return reply.code(403).send();
        callers.set(request, claims.sub);
        return undefined;
      },
    ],
    caller: (request) => callers.get(request) ?? '',
  };
}

/** The parameter of the only route. */
export function idOf({ params }: FastifyRequest): string {
  return (params as { readonly id: string }).id;
}

export async function fastifyServer(settings: ServerSettings): Promise<BuiltServer> {
  const app = fastify();
  const { preHandler, caller, ...more } = await guardOf(app, settings);
  app.get('/data/:id', { preHandler }, (request, reply) => {
    const answer: Answer = { id: idOf(request), by: caller(request) };
    reply.send(answer);
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return { server: app.server, ...more };
}
