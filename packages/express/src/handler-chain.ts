// The handlers of one route in → per method, which guards stand before what answers, out.

import { METHODS } from 'node:http';
import { markOf } from '@agentwrit/core';
import type { RouteHandler } from './router-stack.js';

/** A method, or `ALL`, and what its requests run through. */
export type HandlerChain = readonly [method: string, handlers: readonly unknown[]];

export function chainsOf(handlers: readonly RouteHandler[]): readonly HandlerChain[] {
  const methods = new Set(handlers.map(({ method }) => method));
  // Guards alone answer nobody but those they refuse.
  const isServed = handlers.some(
    ({ method, handle }) => method === undefined && markOf(handle) === undefined,
  );
  if (methods.size > 1 && !isServed) methods.delete(undefined);
  const chains = [...methods].map((wanted): HandlerChain => {
    const chain = handlers.filter(({ method }) => method === undefined || method === wanted);
    return [wanted ?? 'ALL', chain.map(({ handle }) => handle)];
  });
  return isEveryMethod(chains) ? [['ALL', chains[0]?.[1] ?? []]] : chains;
}

// app.all() says every method that Node knows, one by one.
function isEveryMethod(chains: readonly HandlerChain[]): boolean {
  const first = chains[0]?.[1] ?? [];
  return METHODS.every((wanted) =>
    chains.some(([method, chain]) => method === wanted && isSame(chain, first)),
  );
}

function isSame(chain: readonly unknown[], other: readonly unknown[]): boolean {
  return chain.length === other.length && chain.every((handle, index) => handle === other[index]);
}

/** Of one method's handlers, the marked ones that stand before whatever answers. */
export function checksOf(chain: readonly unknown[]): readonly unknown[] {
  let checks: readonly unknown[] = [];
  let before: readonly unknown[] | undefined;
  for (const handle of chain) {
    if (markOf(handle) !== undefined) checks = [...checks, handle];
    else if (isErrorHandler(handle)) checks = [];
    else {
      before = checks;
      // It takes no `next`, so nothing after it is ever run.
      if (lengthOf(handle) < 3) return before;
    }
  }
  // Any other may answer, or go on to the next: the last one answers.
  return before ?? checks;
}

/** A function of four parameters is called with errors only. */
export function isErrorHandler(handle: unknown): boolean {
  return lengthOf(handle) === 4;
}

function lengthOf(handle: unknown): number {
  return typeof handle === 'function' ? handle.length : 0;
}
