// The same from CommonJS.

import core = require('@agentwrit/core');

export const guard: core.Guard = core.createGuard({ broker: 'http://127.0.0.1:8080' });
