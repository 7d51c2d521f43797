// The same from CommonJS.

import broker = require('@agentwrit/broker');
import testing = require('@agentwrit/broker/testing');

export const made: broker.Broker = broker.createBroker();
export const forTests: Promise<testing.TestBroker> = testing.createTestBroker();
