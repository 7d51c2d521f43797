// Express, 4 or 5, and a broker in → the port that the routes are served on out.

import { once } from 'node:events';
import { createAgentWrit } from '@agentwrit/express';
import type express5 from 'express';
import type { NodeApp } from './apps.js';
import { portOf } from './port.js';
import { describe, guardOptions, routes } from './routes.js';

export function expressApp(express: typeof express5): NodeApp {
  return async (broker) => {
    const { requireScope } = createAgentWrit({ ...guardOptions, broker });
    const app = express();
    for (const { method, path, scopes, options = {} } of routes) {
      app[method === 'GET' ? 'get' : 'post'](path, requireScope(...scopes, options), (req, res) => {
        res.json(describe(req.agent));
      });
    }
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return portOf(server.address());
  };
}
