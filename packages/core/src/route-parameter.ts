/**
 * One parameter out of what a framework has found in its route, as the handler will see it. Own members only.
 * A whole number, as a schema can make of a text, is read as it prints; a list, as a wildcard can give, is no
 * single identifier.
 */
export function readRouteParameter(params: unknown, name: string): string | undefined {
  if (typeof params !== 'object' || params === null || !Object.hasOwn(params, name)) {
    return undefined;
  }
  const value = (params as Readonly<Record<string, unknown>>)[name];
  if (Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' ? value : undefined;
}
