// The options and routes that every server has, whatever its framework and runtime, and what its handlers answer.

import type { Agent, GuardOptions, RouteOptions, Scope } from '@agentwrit/core';

/** One route: the same pattern syntax serves all frameworks. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly scopes: readonly [Scope, ...Scope[]];
  readonly options?: RouteOptions;
}

export const guardOptions: Omit<GuardOptions, 'broker'> = {
  audience: 'orders',
  maxTokenLength: 8192,
};

export const routes: readonly Route[] = [
  { method: 'GET', path: '/data', scopes: ['read:data:*'] },
  { method: 'POST', path: '/data', scopes: ['read:data:*'] },
  { method: 'GET', path: '/customers/:id', scopes: ['read:data:customer-{id}'] },
  {
    method: 'GET',
    path: '/orders/:orderId',
    scopes: ['read:data:order-{orderId}', 'write:data:order-{orderId}'],
  },
  { method: 'GET', path: '/misdeclared', scopes: ['read:data:customer-{id}'] },
];

/** What a handler behind the guard answers: what it can see of the caller. */
export function describe(agent: Agent | undefined): Record<string, unknown> {
  return { id: agent?.id, task: agent?.taskId, source: agent?.proof.source };
}
