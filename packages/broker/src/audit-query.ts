// A query and the log in → the page of events it asks for out (protocol §7.4).

import { isTimestamp } from '@agentwrit/protocol';
import type { AuditEvent } from './audit-log.js';

export interface AuditPage {
  /** Oldest first. */
  readonly events: readonly AuditEvent[];
  /** Matches before paging. */
  readonly total: number;
  /** As asked for, even negative. */
  readonly offset: number;
  /** As asked for, even more than is given. */
  readonly limit: number;
}

const DEFAULT_LIMIT = 100;
const MAX_PAGE = 1000;

/** @param parameters by name, decoded; what cannot be understood counts as absent */
export function queryAuditEvents(
  events: readonly AuditEvent[],
  parameters: ReadonlyMap<string, string>,
): AuditPage {
  const asked = readInteger(parameters.get('limit')) ?? 0;
  const limit = asked > 0 ? asked : DEFAULT_LIMIT;
  const pageSize = Math.min(limit, MAX_PAGE);
  const offset = readInteger(parameters.get('offset')) ?? 0;
  const isMatch = matcher(parameters);
  const page: AuditEvent[] = [];
  let total = 0;
  for (const event of events) {
    if (!isMatch(event)) continue;
    if (total >= offset && page.length < pageSize) page.push(event);
    total += 1;
  }
  return { events: page, total, offset, limit };
}

const EXACT = ['agent_id', 'task_id', 'event_type', 'outcome'] as const;

function matcher(parameters: ReadonlyMap<string, string>): (event: AuditEvent) => boolean {
  // An empty value is no filter.
  const wanted = EXACT.filter((name) => parameters.get(name));
  const since = readInstant(parameters.get('since'));
  const until = readInstant(parameters.get('until'));
  return (event) => {
    if (!wanted.every((name) => event[name] === parameters.get(name))) return false;
    if (since === undefined && until === undefined) return true;
    const at = readInstant(event.timestamp);
    if (at === undefined) return false;
    return (!since || compare(since, at) <= 0) && (!until || compare(at, until) <= 0);
  };
}

const INTEGER = /^[+-]?\d+$/;

const MAX_INTEGER = 2 ** 63;

/** Go's `strconv.Atoi`. Beyond 2^53 it is rounded: far out of any log all the same. */
function readInteger(text = ''): number | undefined {
  const value = INTEGER.test(text) ? Number(text) : Number.NaN;
  return Math.abs(value) < MAX_INTEGER ? value : undefined;
}

interface Instant {
  /** Whole seconds since the epoch. */
  readonly seconds: number;
  readonly nanoseconds: number;
}

const FRACTION = /\.(\d+)/;

/** Two numbers, because one does not hold nanoseconds exactly. */
function readInstant(text = ''): Instant | undefined {
  if (!isTimestamp(text)) return undefined;
  const digits = FRACTION.exec(text)?.[1] ?? '';
  return {
    seconds: Date.parse(text.replace(FRACTION, '')) / 1000,
    nanoseconds: Number(digits.padEnd(9, '0')),
  };
}

function compare(a: Instant, b: Instant): number {
  return a.seconds - b.seconds || a.nanoseconds - b.nanoseconds;
}
