// Options in → a broker out: in process, on a socket, or both.

import { assertNumber, assertText } from '@agentwrit/protocol';
import { type BrokerOptions, resolveOptions } from './broker-options.js';
import { createState } from './broker-state.js';
import { type Listener, startListener } from './http/listener.js';
import { createRequestHandler } from './http/router.js';

export interface ListeningAt {
  /** Without a final slash, for example `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly port: number;
}

export interface Broker extends AsyncDisposable {
  /** What `POST /v1/admin/auth` asks for. */
  readonly adminSecret: string;
  /** The whole HTTP surface without a socket; it goes on working after {@link Broker.close}. */
  readonly fetch: (request: Request) => Promise<Response>;
  /**
   * Serves the same broker on a socket. Port 0 takes a free one.
   *
   * @throws TypeError when the port or the host cannot be one
   * @throws Error when the broker already listens or is closed, or the port is taken
   */
  readonly listen: (port?: number, host?: string) => Promise<ListeningAt>;
  /** Stops accepting, ends idle connections, waits for running requests. May be called again. */
  readonly close: () => Promise<void>;
}

/**
 * A broker that lives and dies with this process: no files, no network until `listen`. For development
 * and tests.
 *
 * @throws TypeError naming the option that is unknown or has a value it cannot have
 * @example
 * ```ts
 * await using broker = createBroker({ adminSecret: 'correct horse battery staple' });
 * const { url } = await broker.listen();
 * ```
 */
export function createBroker(options: BrokerOptions = {}): Broker {
  const settings = resolveOptions(options);
  const handle = createRequestHandler(createState(settings));
  let listener: Promise<Listener> | undefined;
  let closing: Promise<void> | undefined;

  const close = (): Promise<void> => {
    closing ??= stop(listener);
    return closing;
  };

  return {
    // A getter, so that a broker that is printed does not print it.
    get adminSecret() {
      return settings.adminSecret;
    },
    fetch: (request) => handle(request, ''),
    async listen(port = 0, host = '127.0.0.1') {
      assertNumber(port, 'port', { min: 0, max: 65_535, isWhole: true });
      assertText(host, 'host');
      if (closing) throw new Error('the broker is closed');
      if (listener) throw new Error('the broker already listens');
      listener = startListener(handle, { port, host });
      try {
        const { port: bound } = await listener;
        return { url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`, port: bound };
      } catch (error) {
        listener = undefined;
        throw error;
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function stop(starting: Promise<Listener> | undefined): Promise<void> {
  // One that could not start has nothing to stop, and `listen` has said why.
  const listener = await starting?.catch(() => undefined);
  await listener?.close();
}
