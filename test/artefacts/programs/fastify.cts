// The same from CommonJS.

import fastify = require('@agentwrit/fastify');

const { requireScope } = fastify.createAgentWrit({ broker: 'http://127.0.0.1:8080' });
export const middleware = requireScope('read:data:*');
