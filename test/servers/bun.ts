// Names an app and a broker: serves it on Bun.

import { fetchAppOf } from './apps.js';
import { announce } from './port.js';

declare const Bun: {
  serve(options: {
    hostname: string;
    port: number;
    fetch: (request: Request) => Response | Promise<Response>;
  }): { readonly port: number };
};

const app = await fetchAppOf(process.argv.slice(2));
announce(Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: (request) => app(request) }).port);
