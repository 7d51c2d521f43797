// In the order data flows: a guard, what its hooks get, what routes say, what can be seen of them.
export {
  type AgentWrit,
  type AgentWritOptions,
  createAgentWrit,
  fromEnv,
  type RequireScopeHook,
} from './create-agentwrit.js';
export type { PluginOptions } from './plugin.js';
export { publicRoute, type RouteHook } from './route-hook.js';
export type { CheckedRequest, CheckedRoute } from './checked-request.js';
export type { Declaration, DeclaredScope, DeclaredScopes } from './declaration.js';
export { guarded, type WithAgent } from './guarded.js';
export { assertGuarded, listRequirements } from './listing.js';
export { describeSecurity, type RequiredScopeExtension } from './openapi.js';
export type {
  Agent,
  AuthenticateOptions,
  ListedRoute,
  RouteNeeds,
  RouteOptions,
  Scope,
} from '@agentwrit/core';
