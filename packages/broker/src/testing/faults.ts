// A working request handler in → the same one, which can be made slow, hang, fail or be gone, out.

import type { WireHandler, WireResponse } from '../http/wire.js';
import type { Failure } from './failure.js';

type Mode =
  | { readonly kind: 'up' | 'down' | 'hanging' }
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'failing'; readonly failure: Failure; left: number };

export interface Faults {
  readonly handle: WireHandler;
  readonly isDown: () => boolean;
  readonly goDown: () => void;
  readonly hang: () => void;
  /** @param ms real milliseconds before each answer */
  readonly slow: (ms: number) => void;
  readonly fail: (failure: Failure) => void;
  /** Requests that hang break off; slow ones are still answered. */
  readonly recover: () => void;
  /** Whatever waits breaks off, and from then on it works. */
  readonly end: () => void;
}

const UP = { kind: 'up' } as const;

export function createFaults(working: WireHandler): Faults {
  let mode: Mode = UP;
  const hanging = new Set<() => void>();
  const slow = new Set<() => void>();

  const turn = (to: Mode, broken: readonly Set<() => void>[] = [hanging]): void => {
    mode = to;
    for (const waiting of broken) {
      for (const breakOff of waiting) breakOff();
      waiting.clear();
    }
  };

  const later = (ms: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const breakOff = (): void => {
        clearTimeout(timer);
        reject(new TypeError('the broker broke off'));
      };
      const timer = setTimeout(() => {
        slow.delete(breakOff);
        resolve();
      }, ms);
      slow.add(breakOff);
    });

  return {
    handle(request) {
      switch (mode.kind) {
        case 'up':
          return working(request);
        case 'slow':
          return later(mode.ms).then(() => working(request));
        case 'failing': {
          const { failure } = mode;
          if (!failure.concerns(request)) return working(request);
          mode.left -= 1;
          if (mode.left === 0) mode = UP;
          return Promise.resolve(failure.answer(request));
        }
        case 'hanging':
          return new Promise<WireResponse>((_resolve, reject) => {
            hanging.add(() => reject(new TypeError('the broker broke off')));
          });
        case 'down':
          return Promise.reject(new TypeError('the broker is down'));
        default:
          return mode satisfies never;
      }
    },
    isDown: () => mode.kind === 'down',
    goDown: () => turn({ kind: 'down' }, [hanging, slow]),
    hang: () => turn({ kind: 'hanging' }),
    slow: (ms) => turn({ kind: 'slow', ms }),
    fail: (failure) => turn({ kind: 'failing', failure, left: failure.times }),
    recover: () => turn(UP),
    end: () => turn(UP, [hanging, slow]),
  };
}
