// The name of a module of Node's own → what this runtime has of it, out. An `import` would keep the guard from being
// loaded at all where there is none.

import type * as asyncHooks from 'node:async_hooks';
import type * as crypto from 'node:crypto';
import type * as diagnosticsChannel from 'node:diagnostics_channel';

interface Builtins {
  readonly 'node:async_hooks': typeof asyncHooks;
  readonly 'node:crypto': typeof crypto;
  readonly 'node:diagnostics_channel': typeof diagnosticsChannel;
}

interface Host {
  readonly process?: {
    readonly getBuiltinModule?: <Name extends keyof Builtins>(
      name: Name,
    ) => Partial<Builtins[Name]> | undefined;
  };
}

/** Empty where there is none, and never throws. Runtimes differ in how much of a module they have. */
export function builtin<Name extends keyof Builtins>(name: Name): Partial<Builtins[Name]> {
  const host: Host = globalThis;
  try {
    return host.process?.getBuiltinModule?.(name) ?? {};
  } catch {
    return {};
  }
}
