// The same from CommonJS.

import protocol = require('@agentwrit/protocol');

export const valid: boolean = protocol.isScope('read:orders:o-17');
