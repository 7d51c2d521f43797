/**
 * One parameter out of what a framework has found in its route. Own members only, texts only: a list, as a
 * wildcard can give, is no single identifier.
 */
export function readRouteParameter(params: unknown, name: string): string | undefined {
  if (typeof params !== 'object' || params === null || !Object.hasOwn(params, name)) {
    return undefined;
  }
  const value = (params as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : undefined;
}
