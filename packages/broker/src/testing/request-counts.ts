// Requests in → how many there were, of all paths or of one, out.

export interface RequestCounts {
  readonly add: (path: string) => void;
  /** @throws TypeError when the path does not begin with `/` */
  readonly of: (path?: string) => number;
}

export function createRequestCounts(): RequestCounts {
  const counts = new Map<string, number>();
  return {
    add(path) {
      counts.set(path, (counts.get(path) ?? 0) + 1);
    },
    of(path) {
      if (path === undefined) return [...counts.values()].reduce((sum, count) => sum + count, 0);
      assertPath(path);
      return counts.get(path) ?? 0;
    },
  };
}

/** As it was sent, without the query. */
export function pathOf({ target }: { readonly target: string }): string {
  const [path = ''] = target.split('?', 1);
  return path;
}

export function assertPath(path: unknown): asserts path is string {
  if (typeof path === 'string' && path.startsWith('/') && !path.includes('?')) return;
  throw new TypeError('"path" must begin with / and have no query, such as "/v1/token/validate"');
}
