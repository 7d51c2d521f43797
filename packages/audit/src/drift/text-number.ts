// A text in → a number that stands for it out, the same in all of this process and not to be foretold outside.

// Who could work the numbers out could choose texts that share one, or that are sure to be in a sample.
const [SEED_LOW = 0, SEED_HIGH = 0] = crypto.getRandomValues(new Uint32Array(2));

/** 53 bits: of a million texts two share a number once in ten thousand times. Takes time by the length. */
export function numberOf(text: string): number {
  // Two multiplicative hashes that see each other's result (known as cyrb53).
  let low = 0xdeadbeef ^ SEED_LOW;
  let high = 0x41c6ce57 ^ SEED_HIGH;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    low = Math.imul(low ^ code, 2_654_435_761);
    high = Math.imul(high ^ code, 1_597_334_677);
  }
  low =
    Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  high =
    Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  return 2 ** 32 * (high & 0x1fffff) + (low >>> 0);
}
