// An application or router of Express 4 or 5 in → what stands in it, in order, out. Neither version documents
// its stack; whatever looks different from what is known here is left out, and so counts for nothing.

/** A function that `use()` has put there, or a whole route. */
export type StackLayer = RouteLayer | UseLayer;

export interface RouteLayer {
  readonly kind: 'route';
  /** As declared: text, a regular expression, or a list of them. */
  readonly path: unknown;
  readonly handlers: readonly RouteHandler[];
}

export interface RouteHandler {
  readonly handle: unknown;
  /** Upper case; `undefined` where it serves every method. */
  readonly method: string | undefined;
}

export interface UseLayer {
  readonly kind: 'use';
  readonly handle: unknown;
  /** The path it was mounted at, without a slash at its end; `undefined` where Express does not tell. */
  readonly mountedAt: string | undefined;
  /** Whether it surely runs for everything below a path made of plain segments. */
  readonly coversBelow: (path: string) => boolean;
}

export interface RouterStack {
  readonly layers: readonly StackLayer[];
  readonly isCaseSensitive: boolean;
}

/** @returns `undefined` for what is neither an application nor a router */
export function readStack(app: unknown): RouterStack | undefined {
  const stack = member(app, 'stack');
  if (Array.isArray(stack)) {
    return {
      layers: stack.map(readLayer),
      isCaseSensitive: member(app, 'caseSensitive') === true,
    };
  }
  // Express 4 makes its router with the first route, and throws on `app.router`.
  const router = member(app, '_router');
  if (router !== undefined) return readStack(router);
  if (member(app, 'lazyrouter') !== undefined) return { layers: [], isCaseSensitive: false };
  const routerOf5 = member(app, 'router');
  return Array.isArray(member(routerOf5, 'stack')) ? readStack(routerOf5) : undefined;
}

function readLayer(layer: unknown): StackLayer {
  const route = member(layer, 'route');
  if (route !== undefined) {
    const stack = member(route, 'stack');
    return {
      kind: 'route',
      path: member(route, 'path'),
      handlers: Array.isArray(stack) ? stack.map(readHandler) : [],
    };
  }
  const isAtRoot = member(layer, 'slash') === true || isFastSlash(member(layer, 'regexp'));
  return {
    kind: 'use',
    handle: member(layer, 'handle'),
    mountedAt: isAtRoot ? '' : literalPathOf(member(layer, 'regexp')),
    coversBelow: isAtRoot ? () => true : (path) => matchesBelow(layer, path),
  };
}

function readHandler(layer: unknown): RouteHandler {
  const method = member(layer, 'method');
  return {
    handle: member(layer, 'handle'),
    method: typeof method === 'string' ? method.toUpperCase() : undefined,
  };
}

function isFastSlash(regexp: unknown): boolean {
  return member(regexp, 'fast_slash') === true;
}

// What path-to-regexp 0.1 makes of a path of plain segments under use(), as RegExp.prototype.source prints it.
const LITERAL_MOUNT = /^\^((?:\\\/(?:[\w~-]|\\\.)+)+)\\\/\?\(\?=\\\/\|\$\)$/;

function literalPathOf(regexp: unknown): string | undefined {
  if (!(regexp instanceof RegExp)) return undefined;
  return LITERAL_MOUNT.exec(regexp.source)?.[1]?.replaceAll('\\', '');
}

// By asking the layer itself, where it was made from text without parameters: that it matches at a path then
// means that it matches everything below. A regular expression of the program may except what it likes.
function matchesBelow(layer: unknown, path: string): boolean {
  if (!isPlain(layer)) return false;
  const match = member(layer, 'match');
  if (typeof match !== 'function') return false;
  try {
    if (Reflect.apply(match, layer, [path]) !== true) return false;
  } catch {
    return false;
  }
  const keys = member(layer, 'keys');
  return Array.isArray(keys) && keys.length === 0;
}

function isPlain(layer: unknown): boolean {
  const matchers = member(layer, 'matchers');
  // Express 5. Those made from regular expressions have another name.
  if (Array.isArray(matchers))
    return matchers.every((matcher) => member(matcher, 'name') === 'match');
  return literalPathOf(member(layer, 'regexp')) !== undefined;
}

function member(value: unknown, name: string): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null)
    return undefined;
  return name in value ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}
