// Options in → a broker out: in process, on a socket, or both.

import { assertNumber, assertText } from '@agentwrit/protocol';
import type { BrokerOptions } from './broker-options.js';
import { type BrokerSettings, resolveOptions } from './broker-settings.js';
import { type BrokerState, createState } from './broker-state.js';
import { createFetchHandler, type FetchHandler } from './http/fetch.js';
import { type Listener, startListener } from './http/listener.js';
import { createWireHandler } from './http/router.js';

export interface ListeningAt {
  /** Without a final slash, for example `http://127.0.0.1:8080`; `https:` with the `tls` option. */
  readonly url: string;
  readonly port: number;
}

export interface Broker extends AsyncDisposable {
  /** What `POST /v1/admin/auth` asks for. */
  readonly adminSecret: string;
  /**
   * The whole HTTP surface without a socket, for what global `fetch` takes; only the path and query of the
   * URL count, and redirects are not followed. Without a database it goes on after {@link Broker.close}.
   */
  readonly fetch: FetchHandler;
  /**
   * Serves the same broker on a socket. Port 0 takes a free one.
   *
   * @throws TypeError when the port or the host cannot be one
   * @throws Error when the broker already listens or is closed, or the port is taken
   */
  readonly listen: (port?: number, host?: string) => Promise<ListeningAt>;
  /**
   * Stops accepting, ends idle connections, gives running requests up to 10 s, closes the database. May
   * be called again.
   */
  readonly close: () => Promise<void>;
}

/**
 * A broker inside this process: no files unless `dbPath` says so, no network until `listen`. For
 * development and tests.
 *
 * @throws TypeError naming the option that is unknown or has a value it cannot have
 * @throws Error when the key file or the database cannot be used
 * @example
 * ```ts
 * await using broker = createBroker({ adminSecret: 'correct horse battery staple' });
 * const { url } = await broker.listen();
 * ```
 */
export function createBroker(options: BrokerOptions = {}): Broker {
  return openBroker(resolveOptions(options)).broker;
}

export interface OpenBroker {
  readonly broker: Broker;
  readonly state: BrokerState;
}

/** @throws Error when the database cannot be used, beginning with `init database: ` or `load …: ` */
export function openBroker(settings: BrokerSettings): OpenBroker {
  const state = createState(settings);
  const { tls } = settings;
  const handle = createWireHandler(state);
  let listener: Promise<Listener> | undefined;
  let closing: Promise<void> | undefined;

  const close = (): Promise<void> => {
    closing ??= stop(listener, state);
    return closing;
  };

  const broker: Broker = {
    // A getter, so that a broker that is printed does not print it.
    get adminSecret() {
      return state.admin.secret;
    },
    fetch: createFetchHandler(handle),
    async listen(port = 0, host = '127.0.0.1') {
      assertNumber(port, 'port', { min: 0, max: 65_535, isWhole: true });
      assertText(host, 'host');
      if (closing) throw new Error('the broker is closed');
      if (listener) throw new Error('the broker already listens');
      listener = startListener(handle, { port, host, tls });
      try {
        const { port: bound } = await listener;
        const authority = `${host.includes(':') ? `[${host}]` : host}:${bound}`;
        return { url: `${tls ? 'https' : 'http'}://${authority}`, port: bound };
      } catch (error) {
        listener = undefined;
        throw error;
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  };
  return { broker, state };
}

async function stop(
  starting: Promise<Listener> | undefined,
  { revocations, storage }: BrokerState,
): Promise<void> {
  // One that could not start has nothing to stop, and `listen` has said why.
  const listener = await starting?.catch(() => undefined);
  await listener?.close();
  revocations.save();
  try {
    storage?.close();
  } catch {
    // What was answered for is on disk all the same, and the storage has reported its fault.
  }
}
