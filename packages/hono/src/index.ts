export {
  type AgentMiddleware,
  type AgentVariables,
  type AgentWrit,
  type AgentWritOptions,
  type Authenticate,
  type AuthenticateOptions,
  createAgentWrit,
  fromEnv,
  type OptionalAgentVariables,
  type RouteOptions,
} from './create-agentwrit.js';
export { publicRoute } from './public-route.js';
export { assertGuarded, listRequirements } from './listed-routes.js';
export type { RoutedApp } from './app-entries.js';
export type {
  Agent,
  ListedRoute,
  RouteNeeds,
  Scope,
} from '@agentwrit/core';
