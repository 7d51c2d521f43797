// PEM texts in → what a TLS server needs to know out (protocol §8.5).

import type { SecureServerOptions } from 'node:http2';
import type { TlsSettings } from '../broker-options.js';

// For 1.2 only ECDHE with AES-GCM or ChaCha20-Poly1305; what 1.3 has is all of that kind.
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

/** With a client CA every client must show a certificate of it; who it names is not looked at. */
export function tlsOptions({ cert, key, clientCa }: TlsSettings): SecureServerOptions {
  return {
    cert,
    key,
    minVersion: 'TLSv1.2',
    ciphers: CIPHERS,
    ...(clientCa !== undefined && { ca: clientCa, requestCert: true, rejectUnauthorized: true }),
  };
}
