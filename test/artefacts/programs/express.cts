// The same from CommonJS.

import express = require('@agentwrit/express');

const { requireScope } = express.createAgentWrit({ broker: 'http://127.0.0.1:8080' });
export const middleware = requireScope('read:data:*');
