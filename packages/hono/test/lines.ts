// What is listed of an app → a line for each route.

import type { Hono } from 'hono';
import { type ListedRoute, listRequirements } from '../src/index.js';

/** One line for a route: `GET /a: read:data:1, read:data:2`. */
function lineOf({ method, path, needs, isPublic }: ListedRoute): string {
  const needed = needs.map(({ scopes, match }) => scopes.join('|') || match);
  return `${method} ${path}: ${[...needed, ...(isPublic ? ['public'] : [])].join(', ') || 'open'}`;
}

export function linesOf(app: Hono): string[] {
  return listRequirements(app).map(lineOf);
}
