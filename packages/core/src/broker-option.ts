// The `broker` option in → an address, or a broker in this process, out.

import { parseBrokerUrl } from '@agentwrit/protocol';
import type { InProcessBroker } from './transport.js';

/** @throws TypeError saying what the option takes */
export function readBroker(value: unknown, allowInsecureHttp: boolean): URL | InProcessBroker {
  if (typeof value === 'string' || value instanceof URL) {
    return parseBrokerUrl(value, 'broker', { allowInsecureHttp });
  }
  if (isInProcessBroker(value)) return value;
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
