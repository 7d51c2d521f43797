// Text in → whether an app may be called that out (protocol §9).

// Protocol §9 writes it `^[a-z][a-z0-9](?:-?[a-z0-9]+)*$`, which backtracks for ever on a long bad name;
// this accepts the same names in linear time.
const NAME = /^[a-z][a-z0-9](?:-?[a-z0-9])*$/;
const MAX_LENGTH = 64;

/** At most 64 of `a-z 0-9 -`: a letter first, no hyphen second, none last and no two together. */
export function isAppName(name: string): boolean {
  return name.length <= MAX_LENGTH && NAME.test(name);
}
