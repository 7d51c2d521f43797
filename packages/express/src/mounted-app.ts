// An application in → what its use() puts into its router for another application out, as text: Express keeps the
// other one to itself, and not even the function's name survives a bundler.

/** @returns `undefined` for a router, which takes an application as it is */
export function mountedAppOf(app: object): string | undefined {
  if (!('use' in app) || typeof app.use !== 'function' || !('set' in app)) return undefined;
  let mounted: unknown;
  const router = {
    use: (_path: unknown, handle: unknown) => {
      mounted = handle;
    },
  };
  // So much of both versions as use() looks at.
  const into = { router, _router: router, lazyrouter: () => undefined };
  const another = Object.assign(() => undefined, {
    handle: () => undefined,
    set: () => undefined,
    emit: () => undefined,
  });
  Reflect.apply(app.use, into, ['/', another]);
  if (typeof mounted !== 'function') {
    throw new TypeError('"app" does not mount applications as Express 4 and 5 do');
  }
  return String(mounted);
}
