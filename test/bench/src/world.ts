// Nothing in → a broker and a load, each in a process of its own, and the tokens they share, out. Servers are started
// and stopped in it.

import { type Child, startChild } from './child.js';
import type { BrokerCalls, BrokerProgram, IssuedToken } from './programs/broker.js';
import type { LoadCalls, LoadProgram } from './programs/load.js';
import type { ServerCalls, ServerProgram } from './programs/server.js';
import type { Trust } from './servers/settings.js';
import type { Framework, Variant } from './variants.js';

export interface World extends AsyncDisposable {
  readonly broker: Child<BrokerCalls>;
  readonly trust: Trust;
  /** Base URL of the same broker, far away. */
  readonly farBroker: string;
  readonly load: Child<LoadCalls>;
  /** Good ones, 1,000 of them, each of another agent. The load has them as `many`, and the first as `one`. */
  readonly tokens: readonly IssuedToken[];
  /** @param differing from what the world's servers trust */
  readonly startServer: (
    framework: Framework,
    variant: Variant,
    differing?: Partial<Trust>,
  ) => Promise<RunningServer>;
}

/** A server, and the connections of the load to it. */
export interface RunningServer {
  readonly framework: Framework;
  readonly variant: Variant;
  readonly process: Child<ServerCalls>;
  readonly port: number;
  /** As the load calls it. */
  readonly target: number;
  readonly stop: () => Promise<void>;
}

export const TOKENS = 1000;
export const CONNECTIONS = 32;

/** What a good token holds: enough to make it about 600 bytes long, as tokens with a few scopes are. */
export const GOOD_SCOPE = ['read:data:*', 'write:data:customer-7'] as const;
export const OTHER_SCOPE = ['read:orders:*', 'write:data:customer-7'] as const;

export async function createWorld(): Promise<World> {
  const [{ child: broker, ready }, { child: load }] = await Promise.all([
    startChild<BrokerProgram>('broker', null),
    startChild<LoadProgram>('load', null),
  ]);
  const { trust, farBroker } = ready;
  const tokens = await broker.call('issue', { count: TOKENS, scope: GOOD_SCOPE });
  const texts = tokens.map(({ token }) => token);
  await load.call('keep', { name: 'many', tokens: texts });
  await load.call('keep', { name: 'one', tokens: texts.slice(0, 1) });
  return {
    broker,
    trust,
    farBroker,
    load,
    tokens,
    async startServer(framework, variant, differing) {
      const settings = { framework, variant: variant.name, trust: { ...trust, ...differing } };
      const { child, ready } = await startChild<ServerProgram>('server', settings);
      const { port } = ready;
      const target = await load.call('open', { port, connections: CONNECTIONS });
      return {
        framework,
        variant,
        process: child,
        port,
        target,
        async stop() {
          await load.call('close', target);
          await child.stop();
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([broker.stop(), load.stop()]);
    },
  };
}
