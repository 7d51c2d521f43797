// Two patterns → whether the first surely covers the second; one → paths of requests that it may match.

/** Hono's word for every method. */
const ALL = 'ALL';

export interface Pattern {
  /** Upper case. */
  readonly method: string;
  /** As Hono keeps it, with every prefix: `/customers/:id`, `/reports/*`. */
  readonly path: string;
}

/**
 * Whether every request that `later` matches is matched by `earlier` too, on each of Hono's routers. Says no
 * where it would have to think: a guard that is overlooked is reported, one that is imagined is a hole.
 */
export function surelyCovers(earlier: Pattern, later: Pattern): boolean {
  if (earlier.method !== ALL && earlier.method !== later.method) return false;
  if (earlier.path === later.path || earlier.path === '/*') return true;
  if (!earlier.path.endsWith('/*')) return false;
  const prefix = earlier.path.slice(0, -2);
  return (
    !BEYOND_TEXT.test(prefix) && (later.path === prefix || later.path.startsWith(`${prefix}/`))
  );
}

// What makes a prefix more than text and `:name`: wildcards, regular expressions, optional parts.
const BEYOND_TEXT = /[*?{}()[\]|^$+\\]/;

// `:name`, `:name{regexp}`, either with a question mark. Braces may be nested once: `{[0-9]{4}}`.
const PARAMETER = /:[^/{}?]+(?:\{(?:[^{}]|\{[^{}]*\})*\})?\??/g;

// Unlikely to be the text of another pattern. After the first, for regular expressions that do not match it.
const VALUES = [
  'agentwrit-0',
  '7',
  '2026',
  'a',
  'A',
  'en-GB',
  '2026-01-31',
  '00000000-0000-4000-8000-000000000000',
  'a/b.txt',
];

export function samplePaths(path: string): readonly string[] {
  // As a whole segment at the end, `*` stands for any number of them.
  return VALUES.map((value) =>
    path
      .replace(/\/\*$/, `/${value}/${value}/${value}`)
      .replaceAll('*', value)
      .replaceAll(PARAMETER, value),
  );
}
