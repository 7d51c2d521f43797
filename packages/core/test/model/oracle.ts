// The record of a world in → which of the guard's promises it breaks, in words, out. Knows nothing of how the
// guard keeps them.

import type { GuardStats } from '../../src/index.js';
import { TOKENS, type Token, voids } from './cast.js';
import type { Arrival, Call, Decided, Instant, Told, WorldRecord } from './record.js';

type Complaint = string | undefined;

/** A token that was refused may be refused again without asking, for this long. */
const REFUSAL_REMEMBERED_MS = 5000;
/** So often the guard asks again when it is told of a revocation meanwhile. */
const MAX_ATTEMPTS = 3;

/** The first broken promise of a world in which nothing is under way any more. */
export function brokenPromise(record: WorldRecord, stats: GuardStats): Complaint {
  for (const [index, arrival] of record.arrivals.entries()) {
    const complaint = judge(record, arrival);
    if (complaint !== undefined) return `request ${index}: ${complaint}`;
  }
  if (record.strays > 0) return 'a decision that nobody asked for';
  if (record.settings.sharesNothing && stats.joins + stats.refreshes > 0) {
    return 'a request did something for another';
  }
  return asksTooOften(record, stats);
}

function judge(record: WorldRecord, arrival: Arrival): Complaint {
  const { decided } = arrival;
  const token = TOKENS[arrival.token];
  if (decided === undefined || token === undefined) return 'was never answered';
  const { outcome, reason } = decided.event;
  if (outcome === 'allow') return admission(record, arrival, decided, token);
  if (reason === 'invalid_token') return refusal(record, arrival, decided, token);
  if (reason === 'broker_unavailable') return fault(record, arrival, decided, token);
  if (reason === 'overloaded' && hadNoTurn(record, arrival, decided)) return undefined;
  return `was refused with ${reason}, for which there is no reason here`;
}

// P1, P2, P4 and P5: all of them by one and the same validation.
function admission(
  record: WorldRecord,
  arrival: Arrival,
  decided: Decided,
  token: Token,
): Complaint {
  const { tokenId, proof } = decided.event;
  const { source, ageMs } = proof ?? { source: 'none', ageMs: Number.NaN };
  if (tokenId !== token.jti) return 'was admitted as another';
  if (isExpired(token, decided.wall)) return 'was admitted after exp';
  const isGrace = source === 'grace';
  const couldNotAsk =
    hadNoTurn(record, arrival, decided) || !fault(record, arrival, decided, token);
  if (isGrace && !couldNotAsk) {
    return 'was admitted by grace although the broker could be asked';
  }
  // What the broker has refused, as the guard knows, does not live on by an older answer.
  const refusals = answered(record, arrival, arrival, 'invalid');
  const graceMs = isGrace ? record.settings.guard.grace * 1000 : 0;
  const justifies = ({ began }: Call): boolean =>
    isYoungEnough(record, arrival, began, graceMs) &&
    !isVoid(record.told, token, began.seq, isGrace ? decided.seq : arrival.seq) &&
    !refusals.some(({ asked }) => began.seq < asked.seq) &&
    ageMs >= decided.at - began.at;
  const found = answered(record, arrival, decided, 'valid').some(justifies);
  return found ? undefined : `was admitted (${source}) without a validation that allows it`;
}

function isYoungEnough(
  record: WorldRecord,
  arrival: Arrival,
  { at, seq }: Instant,
  graceMs: number,
): boolean {
  const { maxAgeMs, feed } = arrival;
  const shortMs = Math.min(maxAgeMs, shortAgeMs(record));
  if (shortMs + graceMs === 0 ? seq > arrival.seq : at >= arrival.at - shortMs - graceMs)
    return true;
  const hasSeenAll = isFed(record, arrival) && seq > feed.inStepSince;
  return maxAgeMs > 0 && hasSeenAll && at >= arrival.at - maxAgeMs - graceMs;
}

/** How old an answer may be to which a request may be refused, or which it may wait for. */
function ageMs(record: WorldRecord, arrival: Arrival): number {
  return isFed(record, arrival) ? arrival.maxAgeMs : Math.min(arrival.maxAgeMs, shortAgeMs(record));
}

function isFed(record: WorldRecord, { at, feed }: Arrival): boolean {
  return feed.syncedAt >= at - shortAgeMs(record);
}

function shortAgeMs({ settings }: WorldRecord): number {
  return settings.feedAge === undefined ? Infinity : settings.feedAge * 1000;
}

/** Whether the guard had been told before `until` of what may have ended the token after `began`. */
function isVoid(told: readonly Told[], token: Token, began: number, until: number): boolean {
  return told.some(
    ({ seq, revocation }) =>
      revocation !== undefined && began < seq && seq < until && voids(revocation, token),
  );
}

// P3, of a token that is refused: by its own exp, or by the broker's word and not an old one.
function refusal(record: WorldRecord, arrival: Arrival, decided: Decided, token: Token): Complaint {
  const { cause } = decided.event;
  if (cause === 'expired' || cause === 'not_a_live_token') {
    return isExpired(token, decided.wall) ? undefined : `was refused as ${cause} before exp`;
  }
  const maxMs = ageMs(record, arrival);
  const found = answered(record, arrival, decided, 'invalid').some(({ began, ended }) => {
    if (maxMs === 0) return began.seq > arrival.seq;
    const hasWaited = ended !== undefined && ended.seq > arrival.seq;
    return began.at >= arrival.at - (hasWaited ? maxMs : Math.min(maxMs, REFUSAL_REMEMBERED_MS));
  });
  return found ? undefined : 'was refused although the broker had not refused it';
}

// P3, of a request that could not be decided: something it waited for must have failed.
function fault(record: WorldRecord, arrival: Arrival, decided: Decided, token: Token): Complaint {
  const { cause, proof } = decided.event;
  const isDuring = (seq: number): boolean => arrival.seq < seq && seq < decided.seq;
  const failed = answered(record, arrival, decided, 'fault').some(
    ({ ended }) => ended !== undefined && isDuring(ended.seq),
  );
  if (failed || (cause === 'circuit_open' && decided.isBrokerDown)) return undefined;
  if (proof?.source === 'grace' && decided.isBrokerDown) return undefined;
  // Its turn did not come before the deadline.
  const hasTurns = record.settings.guard.maxConcurrentCalls > 1;
  if (!hasTurns && cause !== 'circuit_open' && record.deadlines.some(isDuring)) return undefined;
  // One attempt may have gone to a question of others that it joined, and whose turn came too late.
  const lost = isTooLate(record, arrival, decided) ? 1 : 0;
  const isRevoked = cause === 'revoked_meanwhile';
  if (isRevoked && lost + voidings(record, arrival, decided, token) >= MAX_ATTEMPTS) {
    return undefined;
  }
  return `was answered ${cause} without a fault`;
}

function answered(
  { calls }: WorldRecord,
  { token }: Arrival,
  { seq }: Instant,
  outcome: Call['outcome'],
): Call[] {
  return calls.filter(
    (call) =>
      call.token === token && call.outcome === outcome && (call.ended?.seq ?? Infinity) < seq,
  );
}

function isExpired({ exp }: Token, wall: number): boolean {
  return Math.floor(wall / 1000) > exp;
}

// It may have joined a question of those that came before it, or a refresh.
function waitedSince({ arrivals, calls }: WorldRecord, arrival: Arrival): Instant {
  const isFor = ({ token }: Arrival | Call): boolean => token === arrival.token;
  const isOpen = (end?: Instant): boolean => (end?.seq ?? Infinity) > arrival.seq;
  const first = arrivals.find((other) => isFor(other) && isOpen(other.decided)) ?? arrival;
  const refresh = calls.find((call) => isFor(call) && isOpen(call.ended))?.asked;
  return refresh && refresh.seq < first.seq ? refresh : first;
}

function hadNoTurn(record: WorldRecord, arrival: Arrival, decided: Decided): boolean {
  return record.settings.sharesNothing
    ? wasCrowded(record, arrival, decided)
    : isTooLate(record, arrival, decided);
}

// There were as many calls as strangers may make, at a time at which it may have needed one.
function wasCrowded({ calls, settings }: WorldRecord, arrival: Arrival, decided: Decided): boolean {
  const { maxConcurrentCalls } = settings.guard;
  const places = maxConcurrentCalls - Math.floor(maxConcurrentCalls / 4);
  const isDuring = (seq: number): boolean => arrival.seq <= seq && seq < decided.seq;
  return [arrival.seq, ...calls.map(({ began }) => began.seq)].filter(isDuring).some((seq) => {
    const isOpen = ({ began, ended }: Call): boolean =>
      began.seq <= seq && seq < (ended?.seq ?? Infinity);
    return calls.filter(isOpen).length >= places;
  });
}

// Calls wait for one another, and half of its deadline was gone when its turn came.
function isTooLate(record: WorldRecord, arrival: Arrival, { at }: Decided): boolean {
  const { maxConcurrentCalls, timeoutMs } = record.settings.guard;
  return maxConcurrentCalls === 1 && at - waitedSince(record, arrival).at > timeoutMs / 2;
}

// How often an answer that the request waited for was void when it came.
function voidings(record: WorldRecord, arrival: Arrival, { seq }: Decided, token: Token): number {
  const since = waitedSince(record, arrival).seq;
  return record.told.filter(
    (tale) =>
      since < tale.seq && tale.seq < seq && (!tale.revocation || voids(tale.revocation, token)),
  ).length;
}

// P4: a question for each request at most, but for what a revocation or a failed connection makes it ask
// again, and one for all that may share it, where they may.
function asksTooOften(record: WorldRecord, stats: GuardStats): Complaint {
  const { arrivals, calls, crowds, settings } = record;
  for (const { first, until, count } of crowds) {
    const asked = calls.filter(
      ({ began, token }) => token === first.token && first.seq < began.seq && began.seq < until,
    ).length;
    const asksAlways = Math.min(first.maxAgeMs, shortAgeMs(record)) === 0;
    if (asked > (asksAlways || settings.sharesNothing ? count : 1))
      return `${asked} calls for ${count} requests at once`;
  }
  let allowed = stats.refreshes + calls.filter(({ outcome }) => outcome === 'fault').length;
  for (const arrival of arrivals) {
    const { decided } = arrival;
    const token = TOKENS[arrival.token];
    if (!decided || !token) continue;
    const again = voidings(record, arrival, decided, token);
    allowed += 1 + Math.min(again, MAX_ATTEMPTS - 1);
  }
  return calls.length > allowed ? `${calls.length} calls where ${allowed} would do` : undefined;
}
