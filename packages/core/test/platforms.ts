// The platforms of the package's entries, all of which run on Node.

import { createFetchTransport } from '../src/fetch-transport.js';
import type { Platform } from '../src/platform.js';
import { createPoolTransport } from '../src/pool-transport.js';

export interface NamedPlatform {
  readonly name: string;
  readonly platform: Platform;
}

export const POOL: NamedPlatform = {
  name: 'over a pool',
  platform: { createTransport: createPoolTransport, sharesWork: true },
};
export const FETCH: NamedPlatform = {
  name: 'over fetch',
  platform: { createTransport: createFetchTransport, sharesWork: true },
};
export const WORKER: NamedPlatform = {
  name: 'in a Worker',
  platform: { createTransport: createFetchTransport, sharesWork: false },
};
