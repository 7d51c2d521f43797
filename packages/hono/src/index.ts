export { type AgentVariables, type AgentWrit, createAgentWrit } from './create-agentwrit.js';
export type { Agent, GuardOptions as AgentWritOptions, RouteOptions, Scope } from '@agentwrit/core';
