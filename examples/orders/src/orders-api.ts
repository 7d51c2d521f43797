import type { GuardOptions } from '@agentwrit/core';

/** The same API on each framework: what a demo, a test or a reader needs to know of it. */
export interface OrdersApi {
  readonly framework: string;
  /** Without a final slash. */
  readonly url: string;
  close(): Promise<void>;
}

/** Starts the API on a free loopback port, its routes guarded as the options say. */
export type StartOrdersApi = (options: GuardOptions) => Promise<OrdersApi>;
