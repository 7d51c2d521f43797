// A value of anybody's and a name in → what it has under that name, as far as it is its own doing, out.

/** Not what a spoiled root prototype would give to every object. */
export function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !(name in value)) return undefined;
  if (name in Object.prototype && !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}
