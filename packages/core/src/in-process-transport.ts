// Requests to a broker object in this process in → its answers out. The wire format is the same, only the socket
// is missing.

import { abortSignalOf } from './call-signal.js';
import { readResponse } from './response-answer.js';
import { type InProcessBroker, operatorTransport, type OperatorTransport } from './transport.js';

export function createInProcessTransport(broker: InProcessBroker): OperatorTransport {
  return operatorTransport(
    async ({ method, path, headers, body, maxBytes, signal: end }) => {
      const signal = abortSignalOf(end);
      // One that hands the request on must not follow a redirect: whatever is there is not the broker.
      const handedOver = new Request(`http://broker.invalid${path}`, {
        method,
        headers,
        body,
        signal,
        redirect: 'manual',
      });
      const response = await broker.fetch(handedOver);
      return readResponse(response, { maxBytes, signal });
    },
    // Whoever made the broker closes it.
    () => Promise.resolve(),
  );
}
