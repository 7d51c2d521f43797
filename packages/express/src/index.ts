export {
  type AgentWrit,
  type AgentWritOptions,
  createAgentWrit,
  fromEnv,
  type MetadataRoute,
  type RequireScopeMiddleware,
} from './create-agentwrit.js';
export type { ExpressMiddleware, ExpressRequest } from './express-request.js';
export { type Guarded, guarded, type WrapHandler } from './guarded-handler.js';
export { publicRoute } from './public-route.js';
export { assertGuarded, type ExpressRoutes, listRequirements } from './listed-routes.js';
export type {
  Agent,
  AuthenticateOptions,
  DecisionEvent,
  Environment,
  ListedRoute,
  RefusalProblem,
  RenderedBody,
  RouteNeeds,
  RouteOptions,
  Scope,
} from '@agentwrit/core';
