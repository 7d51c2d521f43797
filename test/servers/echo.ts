// A request in → what the runtime shows of its Authorization fields out. No guard, no framework.

import type { CreateFetch } from './apps.js';

export const createFetch: CreateFetch = () => (request) =>
  Response.json({ authorization: request.headers.get('authorization') });
