// The chunks of a body in → the whole of it, or why it could not be had, out (protocol §1.6).

import type { WireBody } from './wire.js';

export const MAX_BODY_BYTES = 1_048_576;

export const EMPTY_BODY: Uint8Array = new Uint8Array();

export function exceedsCap(declaredLength: string): boolean {
  return Number(declaredLength) > MAX_BODY_BYTES;
}

/** Stops reading where the cap is passed; leaves the source then as it is. */
export async function collectBody(chunks: AsyncIterable<Uint8Array>): Promise<WireBody> {
  const kept: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of chunks) {
      length += chunk.length;
      if (length > MAX_BODY_BYTES) return 'too large';
      kept.push(chunk);
    }
  } catch {
    return 'unreadable';
  }
  return joined(kept, length);
}

/** One chunk, as nearly all bodies are, is not copied. */
export function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = chunks;
  return chunks.length === 1 && first ? first : Buffer.concat(chunks, length);
}
