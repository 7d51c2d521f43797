// A guard put in by use(), and the path of something after it, in → whether the guard surely runs before it, out.

import type { UseLayer } from './router-stack.js';

/** A guard or `publicRoute()` that was put in by `use()`. */
export interface Standing {
  readonly handle: unknown;
  /**
   * Whether it surely runs for everything below a plain path, which is seen from the router that is walked.
   *
   * @param path `undefined` where it is not known
   * @param isCaseSensitive whether that path is matched as it is written
   */
  readonly covers: (path: string | undefined, isCaseSensitive: boolean) => boolean;
}

export function standing({ handle, coversBelow }: UseLayer): Standing {
  return {
    handle,
    covers(path = '', isCaseSensitive) {
      // What is matched in any case is only covered by a guard that is.
      const variants = isCaseSensitive ? [path] : [path, path.toLowerCase(), path.toUpperCase()];
      return variants.every(coversBelow);
    },
  };
}

/** The same guard, seen from a router that is mounted after it. */
export function seenFrom(mountedAt: string | undefined, { handle, covers }: Standing): Standing {
  return {
    handle,
    covers: (path = '', isCaseSensitive) =>
      mountedAt === undefined
        ? covers(undefined, isCaseSensitive)
        : covers(mountedAt + path, isCaseSensitive) &&
          // Express 4 lets a router at `/a` have `/a//b` as `/b`, which a guard at `/a/b` does not see.
          (mountedAt === '' || covers(`${mountedAt}/${path}`, isCaseSensitive)),
  };
}
