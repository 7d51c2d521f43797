// An event of the broker's own log in → what an agent was given out (protocol §2.5, §2.8).

import { type AuditEvent, isScope } from '@agentwrit/protocol';
import type { Grant } from './group-tally.js';

export interface BrokerGrant extends Grant {
  /** Who launched the agent; absent for an operator's launch token, and where it is redacted (protocol §7.3). */
  readonly appId: string | undefined;
  /** Whether some of the scopes could not be read. */
  readonly isPartial: boolean;
}

const APP = ' app_id=';
const REDACTED = '***REDACTED***';

const FROM = 'delegation from ';

/** Ids have no blank in them; empty where it is not told. */
function delegatorIn(detail: string): string {
  const end = detail.indexOf(' ', FROM.length);
  return detail.startsWith(FROM) && end > 0 ? detail.slice(FROM.length, end) : '';
}

/** `undefined` for an event that gives nobody anything. */
export function brokerGrantOf(event: AuditEvent): BrokerGrant | undefined {
  const { event_type: type, detail, timestamp } = event;
  const isDelegation = type === 'delegation_created';
  if (!isDelegation && type !== 'agent_registered') return undefined;
  // Ids have no blank in them, and what is given comes last, but for the app.
  const appAt = isDelegation ? -1 : detail.lastIndexOf(APP);
  const appId = appAt < 0 ? undefined : detail.slice(appAt + APP.length);
  const start = detail.indexOf(isDelegation ? ' scope=[' : ' scope [');
  const end = detail.lastIndexOf(']', appAt < 0 ? undefined : appAt);
  const listed =
    start < 0 || end < start ? undefined : detail.slice(detail.indexOf('[', start) + 1, end);
  const words = (listed ?? '').split(' ').filter((word) => word !== '');
  const scopes = words.filter((word) => isScope(word));
  return {
    time: Date.parse(timestamp),
    agentId: event.agent_id || undefined,
    taskId: event.task_id || undefined,
    orchId: event.orch_id || undefined,
    scopes,
    delegator: isDelegation ? delegatorIn(detail) : undefined,
    appId: appId === undefined || appId === '' || appId.includes(REDACTED) ? undefined : appId,
    isPartial: listed === undefined || scopes.length < words.length,
  };
}
