import type { GuardOptions } from '@agentwrit/core';
import type { RunningApi } from '@agentwrit/example-setup';

/** The same API on each framework: what a demo, a test or a reader needs to know of it. */
export interface OrdersApi extends RunningApi {
  readonly framework: string;
}

/** Starts the API on a free loopback port, its routes guarded as the options say. */
export type StartOrdersApi = (options: GuardOptions) => Promise<OrdersApi>;
