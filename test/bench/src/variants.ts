// The table of what is compared: which guards exist on which framework, and what the harness must know of each.

export const FRAMEWORKS = ['express', 'fastify', 'hono'] as const;
export type Framework = (typeof FRAMEWORKS)[number];

export interface Variant {
  readonly name: VariantName;
  readonly frameworks: readonly Framework[];
  /** What it is and how it is set up, for the reader of the figures. */
  readonly note: string;
  /** Whether it asks who is calling at all. */
  readonly isGuard: boolean;
  /** Whether it asks the broker about tokens that it does not know. */
  readonly isAsking: boolean;
  /** Whether it asks the broker again when what it knows gets old: such a one must be watched for longer. */
  readonly isRenewing: boolean;
  /** Whether it is made of packages that only the benchmark installs. */
  readonly isPeer: boolean;
  /** Whether it keeps a record of each request: measured with one token only, as the tokens do not matter to it. */
  readonly isRecording: boolean;
}

export type VariantName =
  | 'none'
  | 'noop'
  | 'ours'
  | 'ours-audit'
  | 'ours-required'
  | 'mcp-lru'
  | 'oauth2-jwt-bearer'
  | 'jwt-cached'
  | 'jwt'
  | 'jwk'
  | 'fetch';

/** Seconds that a verdict may be old, for those that keep verdicts: our default. */
export const MAX_AGE_SECONDS = 5;

const OPEN = {
  isGuard: false,
  isAsking: false,
  isRenewing: false,
  isPeer: false,
  isRecording: false,
};
const GUARD = { ...OPEN, isGuard: true };

/** What every other variant is measured against. */
export const BASELINE = 'noop';

export const VARIANTS: readonly Variant[] = [
  {
    ...OPEN,
    name: 'none',
    frameworks: FRAMEWORKS,
    note: 'no guard',
  },
  {
    ...OPEN,
    name: BASELINE,
    frameworks: FRAMEWORKS,
    note: 'a middleware or hook that does nothing, where the guard stands',
  },
  {
    ...GUARD,
    name: 'ours',
    frameworks: FRAMEWORKS,
    note: `AgentWrit: requireScope('read:data:{id}'), audience and issuer checked, maxAge ${MAX_AGE_SECONDS}; the cache is keyed by the token's SHA-256`,
    isAsking: true,
    isRenewing: true,
  },
  {
    ...GUARD,
    name: 'ours-audit',
    frameworks: ['fastify'],
    note: 'AgentWrit, and an audit file that is not required: each decision is written soon after',
    isRecording: true,
  },
  {
    ...GUARD,
    name: 'ours-required',
    frameworks: ['fastify'],
    note: 'AgentWrit, and an audit file that is required: each request waits until its record is flushed to the disk',
    isRecording: true,
  },
  {
    ...GUARD,
    name: 'mcp-lru',
    frameworks: ['express'],
    note: `requireBearerAuth of the MCP SDK; its verifier asks the broker and keeps answers in an lru-cache for ${MAX_AGE_SECONDS} s, keyed by the token`,
    isAsking: true,
    isRenewing: true,
    isPeer: true,
  },
  {
    ...GUARD,
    name: 'oauth2-jwt-bearer',
    frameworks: ['express'],
    note: 'express-oauth2-jwt-bearer: signature checked on each request, keys from a JWKS fetched once; revocation is not seen',
    isPeer: true,
  },
  {
    ...GUARD,
    name: 'jwt-cached',
    frameworks: ['fastify'],
    note: '@fastify/jwt with its cache of 1,000 tokens, for 10 minutes; revocation is not seen',
    isPeer: true,
  },
  {
    ...GUARD,
    name: 'jwt',
    frameworks: ['fastify'],
    note: '@fastify/jwt: signature checked on each request; revocation is not seen',
    isPeer: true,
  },
  {
    ...GUARD,
    name: 'jwk',
    frameworks: ['hono'],
    note: 'hono/jwk with the keys in memory: signature checked on each request; revocation is not seen',
  },
  {
    ...GUARD,
    name: 'fetch',
    frameworks: FRAMEWORKS,
    note: 'a hand-written middleware that asks the broker on each request with fetch',
    isAsking: true,
  },
];
