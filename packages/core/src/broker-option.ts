// The options that say where the broker is in → an address, or a broker in this process, out.

import { parseBrokerUrl, readTls, type TlsOptions, type TlsSettings } from '@agentwrit/protocol';
import type { InProcessBroker } from './transport.js';

/** Where a broker elsewhere is, and whom to trust on the way. */
export interface BrokerAddress {
  readonly url: URL;
  readonly tls: TlsSettings | undefined;
}

export type BrokerPlace = BrokerAddress | InProcessBroker;

/** @throws TypeError saying what the option takes */
export function readBroker(
  value: unknown,
  options: { readonly allowInsecureHttp: boolean; readonly tls: TlsOptions | undefined },
): BrokerPlace {
  if (typeof value === 'string' || value instanceof URL) {
    const url = parseBrokerUrl(value, 'broker', options);
    return { url, tls: readTls(options.tls, url) };
  }
  if (isInProcessBroker(value)) {
    readTls(options.tls, undefined);
    return value;
  }
  throw new TypeError(
    '"broker" must be the URL of the broker, such as "http://127.0.0.1:8080", or a broker object with a fetch method, such as createBroker()',
  );
}

function isInProcessBroker(value: unknown): value is InProcessBroker {
  return (
    typeof value === 'object' &&
    value !== null &&
    'fetch' in value &&
    typeof value.fetch === 'function'
  );
}
