// Certificates as a program gave them in → their texts out, or a TypeError. Whether they are any good only the
// platform can tell.

import { assertKnownOptions } from './option-checks.js';

/** PEM texts, or the bytes of them. */
export interface TlsOptions {
  /** The certificate authorities to trust, instead of the platform's. */
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[] | undefined;
  /** The client's certificate, for a broker that asks for one (mTLS). With `key`. */
  readonly cert?: string | Uint8Array | undefined;
  /** The private key of `cert`. */
  readonly key?: string | Uint8Array | undefined;
  /** Of `key`, when that is encrypted. */
  readonly passphrase?: string | undefined;
}

/** What Node's `tls` calls them. */
export interface TlsSettings {
  readonly ca?: string[];
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
}

/**
 * @param brokerUrl what they are for; nothing when the broker is in this process
 * @throws TypeError naming the option that is wrong, without a word of what it holds
 */
export function readTls(
  tls: TlsOptions | undefined,
  brokerUrl: URL | undefined,
): TlsSettings | undefined {
  if (tls === undefined) return undefined;
  assertKnownOptions(tls, 'tls', ['ca', 'cert', 'key', 'passphrase']);
  if (brokerUrl?.protocol !== 'https:') {
    throw new TypeError('"tls" is of no use to reach a broker that is not at an https: URL');
  }
  const { ca, cert, key, passphrase } = tls;
  if ((cert === undefined) !== (key === undefined)) {
    throw new TypeError('"tls.cert" and "tls.key" go together: give both or neither');
  }
  if (passphrase !== undefined && typeof passphrase !== 'string') {
    throw new TypeError('"tls.passphrase" must be a string');
  }
  return {
    ...(ca === undefined ? {} : { ca: authorities(ca) }),
    ...(cert === undefined ? {} : { cert: pemText(cert, 'cert') }),
    ...(key === undefined ? {} : { key: pemText(key, 'key') }),
    ...(passphrase === undefined ? {} : { passphrase }),
  };
}

function authorities(ca: NonNullable<TlsOptions['ca']>): string[] {
  const list: readonly unknown[] = Array.isArray(ca) ? ca : [ca];
  if (list.length === 0) throw new TypeError('"tls.ca" must not be empty');
  return list.map((one) => pemText(one, 'ca'));
}

function pemText(value: unknown, name: string): string {
  const text = value instanceof Uint8Array ? new TextDecoder().decode(value) : value;
  // A path in its place would be taken for a certificate that cannot be read, or for none.
  if (typeof text === 'string' && text.includes('-----BEGIN ')) return text;
  throw new TypeError(`"tls.${name}" must be PEM, "-----BEGIN …": a string or bytes, not a path`);
}
