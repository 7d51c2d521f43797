// The environment in → the value of one variable out.

/** @throws TypeError naming the variable that is missing or empty */
export function readVariable(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
): string {
  const value = env[name];
  if (value === undefined || value === '') {
    throw new TypeError(`environment variable ${name} is not set`);
  }
  return value;
}
