// A handler that needs an agent in → a handler for Fastify out, which fails where no guard has set one.

import { Agent, runAs } from '@agentwrit/core';
import type {
  ContextConfigDefault,
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifySchema,
  FastifyTypeProvider,
  FastifyTypeProviderDefault,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerBase,
  RawServerDefault,
  RouteGenericInterface,
  RouteHandlerMethod,
} from 'fastify';

/** A request behind a guard. */
export type WithAgent<Request> = Request & { readonly agent: Agent };

/**
 * A handler in which `request.agent` is certain. Parameters, body and reply keep the types of the route.
 * Where no guard has let an agent in, it throws: the request ends in the error handler with 500.
 *
 * @example
 * app.get('/me', { preHandler: requireScope('read:me:*') }, guarded((request) => request.agent.id));
 */
// One by one, as Fastify has them: from a handler's type as a whole, TypeScript infers nothing that comes out of
// the route's own schema.
export function guarded<
  RawServer extends RawServerBase = RawServerDefault,
  RawRequest extends
    RawRequestDefaultExpression<RawServer> = RawRequestDefaultExpression<RawServer>,
  RawReply extends RawReplyDefaultExpression<RawServer> = RawReplyDefaultExpression<RawServer>,
  RouteGeneric extends RouteGenericInterface = RouteGenericInterface,
  ContextConfig = ContextConfigDefault,
  SchemaCompiler extends FastifySchema = FastifySchema,
  TypeProvider extends FastifyTypeProvider = FastifyTypeProviderDefault,
  Logger extends FastifyBaseLogger = FastifyBaseLogger,
>(
  handler: (
    this: FastifyInstance<RawServer, RawRequest, RawReply, Logger, TypeProvider>,
    request: WithAgent<
      FastifyRequest<
        RouteGeneric,
        RawServer,
        RawRequest,
        SchemaCompiler,
        TypeProvider,
        ContextConfig,
        Logger
      >
    >,
    reply: FastifyReply<
      RouteGeneric,
      RawServer,
      RawRequest,
      RawReply,
      ContextConfig,
      SchemaCompiler,
      TypeProvider
    >,
  ) => ReturnType<
    RouteHandlerMethod<
      RawServer,
      RawRequest,
      RawReply,
      RouteGeneric,
      ContextConfig,
      SchemaCompiler,
      TypeProvider,
      Logger
    >
  >,
): RouteHandlerMethod<
  RawServer,
  RawRequest,
  RawReply,
  RouteGeneric,
  ContextConfig,
  SchemaCompiler,
  TypeProvider,
  Logger
> {
  return function guardedHandler(request, reply) {
    if (!hasAgent(request)) {
      throw new Error('a guarded() handler was reached without an agent: its route has no guard');
    }
    // Whatever ran in between, such as a hook that waited for an event, may have lost it.
    return runAs(request.agent, () => handler.call(this, request, reply));
  };
}

function hasAgent<Request extends { agent?: Agent }>(
  request: Request,
): request is WithAgent<Request> {
  // Not anything by that name: the guard's own, for which the broker has vouched.
  return request.agent instanceof Agent;
}
