// GET /v1/health (protocol §2.2)

import type { HealthAnswer } from '@agentwrit/protocol';
import { answer, type Call, type Handler } from '../call.js';

/** The version of the broker whose wire this is, not this package's. */
export const BROKER_VERSION = '2.0.0';

export const health: Handler<Call> = (_call, { settings, startedAt, audit }) =>
  answer({
    status: 'ok',
    version: BROKER_VERSION,
    uptime: Math.floor((settings.clock() - startedAt) / 1000),
    db_connected: true,
    audit_events_count: audit.events.length,
  } satisfies HealthAnswer);
