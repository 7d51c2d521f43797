// Express, 4 or 5, and a broker in → the port that the routes are served on out.

import { once } from 'node:events';
import { createAgentWrit, type ExpressMiddleware, type ExpressRequest } from '@agentwrit/express';
import type express5 from 'express';
import type { NodeApp } from './apps.js';
import { portOf } from './port.js';
import {
  describe,
  guardOptions,
  guardWith,
  type Reader,
  recordingOptions,
  renderingOptions,
  routesFor,
} from './routes.js';

const reader: Reader<ExpressRequest> = {
  method: (request) => request.method ?? '',
  param: (request, name) => request.params[name]?.toString(),
  header: (request, name) => request.headers[name]?.toString(),
};

export function expressApp(express: typeof express5): NodeApp {
  return async (broker) => {
    const agentwrits = {
      main: createAgentWrit({ ...guardOptions, broker }),
      rendering: createAgentWrit({ ...renderingOptions(reader), broker }),
      recording: createAgentWrit({ ...recordingOptions, broker }),
    };
    const app = express();
    for (const { method, path, guards, behind } of routesFor(reader)) {
      const agentwrit = agentwrits[behind];
      const middleware = guards.map((guarding) =>
        guardWith<ExpressMiddleware, ExpressRequest>(agentwrit, guarding),
      );
      app[method === 'GET' ? 'get' : 'post'](
        path,
        ...middleware,
        (req: express5.Request, res: express5.Response) => {
          res.json(describe(req.agent));
        },
      );
    }
    const metadata = agentwrits.main.resourceMetadata();
    app.get(metadata.path, metadata.handler);
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return portOf(server.address());
  };
}
