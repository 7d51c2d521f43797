// Where histograms divide, in seconds: the same for all who measure decisions.

/** A warm decision takes microseconds, one that asks a broker nearby about a millisecond; after 2 s it is given up. */
export const DURATION_BUCKETS: readonly number[] = [
  1e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05, 0.1,
  0.25, 0.5, 1, 2,
];

/** Up to 5 s by default; hours with a revocation feed, and in grace. */
export const AGE_BUCKETS: readonly number[] = [
  0.001, 0.01, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600,
];
