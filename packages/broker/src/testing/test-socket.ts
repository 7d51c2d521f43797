// A request handler in → a port of its own, which it leaves and comes back to, out.

import type { TlsSettings } from '../broker-options.js';
import { type Listener, startListener } from '../http/listener.js';
import type { WireHandler } from '../http/wire.js';

export interface TestSocket {
  readonly url: string;
  readonly isClosed: () => boolean;
  /**
   * Listens, then makes the change.
   *
   * @throws Error when the port was taken meanwhile, and nothing has changed, or when it is closed
   */
  readonly up: (change: () => void) => Promise<void>;
  /**
   * Makes the change, then breaks off what runs.
   *
   * @throws Error when it is closed
   */
  readonly down: (change: () => void) => Promise<void>;
  /** For good; what waits for its turn is left out. Every call resolves. */
  readonly close: (change: () => void) => Promise<void>;
}

const HOST = '127.0.0.1';

/** @throws Error when a PEM text is none */
export async function openTestSocket(
  handle: WireHandler,
  tls: TlsSettings | undefined,
): Promise<TestSocket> {
  const listen = (port: number): Promise<Listener> =>
    startListener(handle, { port, host: HOST, tls });
  let listener: Listener | undefined = await listen(0);
  const { port } = listener;
  let closing: Promise<void> | undefined;

  // Up and down take time, and whoever calls the next one before means it to come after.
  let last: Promise<void> = Promise.resolve();
  const inTurn = (step: () => Promise<void>): Promise<void> => {
    const done = last.then(step);
    last = done.catch(() => undefined);
    return done;
  };
  const turn = (step: () => Promise<void>): Promise<void> => {
    if (closing) return Promise.reject(new Error('the broker is closed'));
    // One that was called in time and is overtaken has nothing left to do.
    return inTurn(async () => (closing ? undefined : step()));
  };

  return {
    url: `${tls ? 'https' : 'http'}://${HOST}:${port}`,
    isClosed: () => closing !== undefined,
    up: (change) =>
      turn(async () => {
        listener ??= await listen(port).catch((error: unknown) => {
          throw comeback(error, port);
        });
        change();
      }),
    down: (change) =>
      turn(async () => {
        change();
        await listener?.abort();
        listener = undefined;
      }),
    close(change) {
      closing ??= inTurn(async () => {
        change();
        await listener?.close();
      });
      return closing;
    },
  };
}

function comeback(error: unknown, port: number): unknown {
  const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  if (!isTaken) return error;
  return new Error(`port ${port} was taken while the broker was down`, { cause: error });
}
