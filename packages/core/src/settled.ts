/**
 * Whether a value is there, or only the promise of one. By a member of its own: a prototype that somebody has
 * spoiled must not make promises look like answers. Not `instanceof Promise`: a program may have put another in
 * its place.
 *
 * @param member that every such value has
 */
export function isSettled<T extends object>(
  value: T | Promise<T>,
  member: keyof T & string,
): value is T {
  return Object.hasOwn(value, member);
}
