// Names an app and a broker: serves it on Deno.

import { fetchAppOf } from './apps.js';
import { announce } from './port.js';

declare const Deno: {
  readonly args: readonly string[];
  serve(
    options: { hostname: string; port: number; onListen: (address: { port: number }) => void },
    handler: (request: Request) => Response | Promise<Response>,
  ): void;
};

const app = await fetchAppOf(Deno.args);
Deno.serve({ hostname: '127.0.0.1', port: 0, onListen: ({ port }) => announce(port) }, (request) =>
  app(request),
);
