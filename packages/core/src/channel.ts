// The name of a channel in → where to publish on it, out: Node's `diagnostics_channel`, where there is one.

import { builtin } from './builtin.js';

export interface Channel {
  /** To be asked before a message is made: that is not free. */
  readonly hasSubscribers: boolean;
  readonly publish: (message: unknown) => void;
}

const unheard: Channel = { hasSubscribers: false, publish: () => undefined };

/** Nobody listens on a runtime that has no channels. */
export const channel: (name: string) => Channel =
  builtin('node:diagnostics_channel').channel ?? (() => unheard);
