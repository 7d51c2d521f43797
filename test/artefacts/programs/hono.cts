// The same from CommonJS.

import hono = require('@agentwrit/hono');

const { requireScope } = hono.createAgentWrit({ broker: 'http://127.0.0.1:8080' });
export const middleware = requireScope('read:data:*');
