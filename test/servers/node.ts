// Names an app and a broker: serves it on Node.

import { once } from 'node:events';
import { serve } from '@hono/node-server';
import { fetchAppOf, nodeApps } from './apps.js';
import { announce, portOf } from './port.js';

const args = process.argv.slice(2);
const [name = '', broker = ''] = args;

async function listen(): Promise<number> {
  const nodeApp = await nodeApps[name]?.();
  if (nodeApp !== undefined) return nodeApp(broker);
  const server = serve({ fetch: await fetchAppOf(args), port: 0, hostname: '127.0.0.1' });
  await once(server, 'listening');
  return portOf(server.address());
}

announce(await listen());
