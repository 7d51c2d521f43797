// A working request handler in → the same one, which can be made to hang, fail or be gone, out.

import { assertNumber } from '@agentwrit/protocol';
import type { WireHandler, WireResponse } from '../http/wire.js';

export interface FailOptions {
  /** Sent as it is. Default: a short plain text. */
  readonly body?: string;
  /** Default: `Content-Type: text/plain`. */
  readonly headers?: Readonly<Record<string, string>>;
}

export type Mode = 'up' | 'down' | 'hanging' | 'failing';

export interface Faults {
  readonly handle: WireHandler;
  readonly mode: () => Mode;
  readonly goDown: () => void;
  readonly hang: () => void;
  readonly fail: (status: number, options?: FailOptions) => void;
  /** Requests that hang break off. */
  readonly recover: () => void;
}

export function createFaults(working: WireHandler): Faults {
  let mode: Mode = 'up';
  let failure: WireResponse = { status: 500, headers: {} };
  const hanging = new Set<(error: Error) => void>();

  const turn = (to: Mode): void => {
    mode = to;
    for (const breakOff of hanging) breakOff(new TypeError('the broker broke off'));
    hanging.clear();
  };

  return {
    handle(request) {
      switch (mode) {
        case 'up':
          return working(request);
        case 'failing':
          return Promise.resolve(failure);
        case 'hanging':
          return new Promise((_resolve, reject) => hanging.add(reject));
        case 'down':
          return Promise.reject(new TypeError('the broker is down'));
        default:
          return mode satisfies never;
      }
    },
    mode: () => mode,
    goDown: () => turn('down'),
    hang: () => turn('hanging'),
    fail(status, { body = `injected: ${status}\n`, headers } = {}) {
      assertNumber(status, 'status', { min: 200, max: 599, isWhole: true });
      failure = { status, headers: headers ?? { 'Content-Type': 'text/plain' }, body };
      turn('failing');
    },
    recover: () => turn('up'),
  };
}
