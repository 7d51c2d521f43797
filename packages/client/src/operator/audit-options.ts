// What of the audit log a program wants to see in → a checked query, under wire names, out (protocol §7.4).

import {
  assertBoolean,
  assertFunction,
  assertKnownOptions,
  assertNumber,
  assertText,
  isTimestamp,
} from '@agentwrit/protocol';
import type { AuditFilter } from './admin-broker.js';
import type { AgentWritError } from '../errors.js';
import { assertSignal, type CallOptions } from '../option-checks.js';

export interface AuditEventsOptions extends CallOptions {
  /** Exactly; with `token_revoked` what was revoked, whatever its level. Likewise the next two. */
  readonly agentId?: string | undefined;
  readonly taskId?: string | undefined;
  readonly eventType?: string | undefined;
  readonly outcome?: 'success' | 'denied' | undefined;
  /** This moment and later, by the broker's clock: a Date, or RFC 3339 text. */
  readonly since?: Date | string | undefined;
  /** This moment and earlier. Not with `follow`, which does not end. */
  readonly until?: Date | string | undefined;
  /** How many events in all; all of them when absent. */
  readonly limit?: number | undefined;
  /** How many matches to skip; 0 when absent. */
  readonly offset?: number | undefined;
  /** Goes on after the end of the log, with events as they are written. */
  readonly follow?: boolean | undefined;
  /** Milliseconds from one look at the end of the log to the next, 100 to 60,000; 1000 when absent. */
  readonly pollMs?: number | undefined;
  /** Told of every failure that following survives. What it throws ends the loop. */
  readonly onFault?: ((error: AgentWritError) => void) | undefined;
}

export interface Following {
  readonly pollMs: number;
  readonly onFault: (error: AgentWritError) => void;
}

/** The same, checked. */
export interface AuditReading {
  readonly filter: AuditFilter;
  readonly offset: number;
  /** Infinite when there is none. */
  readonly limit: number;
  readonly following: Following | undefined;
  readonly signal: AbortSignal | undefined;
}

const AUDIT_EVENTS_OPTIONS: readonly (keyof AuditEventsOptions)[] = [
  'agentId',
  'taskId',
  'eventType',
  'outcome',
  'since',
  'until',
  'limit',
  'offset',
  'follow',
  'pollMs',
  'onFault',
  'signal',
];

const NO_FAULT_HEARD = (): void => {};

/** @throws TypeError naming the option that is wrong or unknown */
export function readAuditEventsOptions(options: AuditEventsOptions): AuditReading {
  assertKnownOptions(options, 'auditEvents', AUDIT_EVENTS_OPTIONS);
  const { agentId, taskId, eventType, outcome, since, until } = options;
  const { limit, offset = 0, follow = false, pollMs = 1000, onFault = NO_FAULT_HEARD } = options;
  if (outcome !== undefined && outcome !== 'success' && outcome !== 'denied') {
    throw new TypeError('"outcome" must be success or denied');
  }
  if (limit !== undefined) assertNumber(limit, 'limit', { min: 1, isWhole: true });
  assertNumber(offset, 'offset', { min: 0, isWhole: true });
  assertBoolean(follow, 'follow');
  assertNumber(pollMs, 'pollMs', { min: 100, max: 60_000 });
  assertFunction(onFault, 'onFault');
  assertSignal(options.signal);
  if (follow && until !== undefined) {
    throw new TypeError('"until" cannot be combined with "follow", which would wait for ever');
  }
  return {
    filter: {
      ...member('agent_id', readFilter(agentId, 'agentId')),
      ...member('task_id', readFilter(taskId, 'taskId')),
      ...member('event_type', readFilter(eventType, 'eventType')),
      ...member('outcome', outcome),
      ...member('since', readMoment(since, 'since')),
      ...member('until', readMoment(until, 'until')),
    },
    offset,
    limit: limit ?? Infinity,
    following: follow ? { pollMs, onFault } : undefined,
    signal: options.signal,
  };
}

// The broker takes an empty text for no filter at all.
function readFilter(value: string | undefined, name: string): string | undefined {
  if (value !== undefined) assertText(value, name);
  return value;
}

// The broker ignores a time that it cannot read, and answers with all there is.
function readMoment(value: Date | string | undefined, name: string): string | undefined {
  if (value === undefined) return undefined;
  const text =
    value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : value;
  if (typeof text === 'string' && isTimestamp(text)) return text;
  throw new TypeError(`"${name}" must be a valid Date or RFC 3339 text, as "2026-02-15T12:00:00Z"`);
}

function member<K extends string>(key: K, value: string | undefined): { [P in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: string });
}
