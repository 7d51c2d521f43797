// Certificates in → nothing out, or a TypeError: whether Node can use them. The only file here that needs Node.

import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { TlsSettings } from './tls-options.js';

// A text may hold several, each from the start of a line on, with comments between them.
const NEXT_BLOCK = /(?=^-----BEGIN )/m;

/**
 * At once, and not with the first request: Node itself passes over an authority that it cannot read, and over all
 * that come after it in the same text.
 *
 * @throws TypeError naming what cannot be used, without a word of a key
 */
export function assertUsableTls(tls: TlsSettings): void {
  attempt('"tls.ca" holds a certificate that cannot be read', () => {
    for (const text of tls.ca ?? []) {
      // The first, wherever it is, and then each.
      void new X509Certificate(text);
      for (const block of text.split(NEXT_BLOCK)) {
        if (block.startsWith('-----BEGIN ')) void new X509Certificate(block);
      }
    }
  });
  attempt('"tls.cert" and "tls.key" cannot be read, or are not a pair', () => {
    createSecureContext(tls);
  });
}

function attempt(failure: string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    throw new TypeError(failure, { cause });
  }
}
