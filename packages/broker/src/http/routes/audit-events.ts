// GET /v1/audit/events (protocol §7.4). Reading the log leaves no trace in it.

import { queryAuditEvents } from '../../audit-query.js';
import { answer, type BearerCall, type Handler } from '../call.js';
import { readQuery } from '../query-parameters.js';

export const auditEvents: Handler<BearerCall> = ({ query }, { audit }) => {
  const { events, total, offset, limit } = queryAuditEvents(audit.events, readQuery(query));
  return answer({ events, total, offset, limit });
};
