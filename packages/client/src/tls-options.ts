// Certificates as a program gave them in → what the connections need out, or a TypeError.

import { createSecureContext } from 'node:tls';
import { assertKnownOptions } from '@agentwrit/protocol';

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

/** What Node's `tls.connect` calls them. */
export interface SecureContext {
  readonly ca?: (string | Buffer)[];
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly passphrase?: string;
}

/**
 * Reads the certificates at once, so that a wrong one is known here and not at the first request.
 *
 * @throws TypeError naming the option that is wrong, without a word of the key
 */
export function readTls(tls: TlsOptions | undefined, brokerUrl: URL): SecureContext {
  if (tls === undefined) return {};
  assertKnownOptions(tls, 'tls', ['ca', 'cert', 'key', 'passphrase']);
  if (brokerUrl.protocol !== 'https:') {
    throw new TypeError('"tls" is of no use with a "brokerUrl" that is not https:');
  }
  const { cert, key, passphrase } = tls;
  if ((cert === undefined) !== (key === undefined)) {
    throw new TypeError('"tls.cert" and "tls.key" go together: give both or neither');
  }
  if (passphrase !== undefined && typeof passphrase !== 'string') {
    throw new TypeError('"tls.passphrase" must be a string');
  }
  const ca = tls.ca === undefined ? undefined : authorities(tls.ca);
  check('ca', ca === undefined ? undefined : { ca });
  const identity: SecureContext | undefined =
    cert === undefined || key === undefined
      ? undefined
      : {
          cert: pem(cert, 'cert'),
          key: pem(key, 'key'),
          ...(passphrase === undefined ? {} : { passphrase }),
        };
  check('cert" and "tls.key', identity);
  return { ...(ca === undefined ? {} : { ca }), ...identity };
}

function authorities(ca: NonNullable<TlsOptions['ca']>): (string | Buffer)[] {
  const list: readonly unknown[] = Array.isArray(ca) ? ca : [ca];
  if (list.length === 0) throw new TypeError('"tls.ca" must not be empty');
  return list.map((one) => pem(one, 'ca'));
}

function pem(value: unknown, name: string): string | Buffer {
  if (typeof value === 'string' && value !== '') return value;
  if (value instanceof Uint8Array && value.byteLength > 0) return Buffer.from(value);
  throw new TypeError(`"tls.${name}" must be PEM: a string or bytes`);
}

function check(names: string, part: SecureContext | undefined): void {
  if (part === undefined) return;
  try {
    createSecureContext(part);
  } catch (cause) {
    throw new TypeError(`"tls.${names}" cannot be used: not PEM, or not of one pair`, { cause });
  }
}
