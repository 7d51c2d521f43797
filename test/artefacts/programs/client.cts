// The same from CommonJS.

import client = require('@agentwrit/client');

export const ask = client.validate;
