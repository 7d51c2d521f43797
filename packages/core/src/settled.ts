// Something that may be a promise in → whether it is there already, or to be waited for, out.

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

/** Whether something of a program's is to be waited for: a promise of any library or realm. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}
