// Calls made at the same time in → what each of them may come to, and how often the broker may be asked, out.

import {
  type Call,
  FAILED,
  RELEASED,
  type State,
  TABLE,
  UNAUTHORIZED,
} from './credential-calls.js';

export interface Burst {
  readonly calls: readonly {
    readonly call: Call;
    /** Turns of the loop since the call before. */
    readonly gap: number;
  }[];
  /** How long each request is on its way there and back, in turns of the loop. */
  readonly delays: readonly (readonly [number, number])[];
  /** What the broker answers 500. */
  readonly failing: readonly Call[];
  /** Whether the agent is revoked meanwhile. */
  readonly isRevoked: boolean;
}

/** Whether it is left released. */
export function isReleasedBy({ calls, failing }: Pick<Burst, 'calls' | 'failing'>): boolean {
  return !failing.includes('release') && calls.some(({ call }) => call === 'release');
}

/** Without a pause between the calls, and nothing from outside, the order of the calls says it all. */
export function isStrict({ calls, isRevoked }: Burst): boolean {
  return !isRevoked && calls.every(({ gap }) => gap === 0);
}

export function allowedOf(state: State, burst: Burst, index: number): readonly string[] {
  const call = burst.calls[index]?.call ?? 'bearerHeader';
  const usual = TABLE[state][call].outcome;
  if (state === 'released' || call === 'bearerHeader') return [usual];
  const outcome = burst.failing.includes(call) ? FAILED : usual;
  if (call === 'release') return [outcome];
  if (isStrict(burst)) return allowedInOrder(call, outcome, burst, index);
  const isReleased = isReleasedBy(burst);
  const dies = burst.isRevoked || (isReleased && call !== 'renew') || isOutrun(call, burst);
  return [outcome, ...(isReleased ? [RELEASED] : []), ...(dies ? [deadOutcome(call)] : [])];
}

/** Two renewals, one after the other, can each overtake one of the two times that a call to an API is sent. */
function isOutrun(call: Call, { calls }: Burst): boolean {
  return call === 'fetch' && calls.filter((one) => one.call === 'renew').length > 1;
}

/** A renewal or release holds up whatever is asked for after it; what was sent before it may find its token dead. */
function allowedInOrder(
  call: Call,
  outcome: string,
  { calls, failing }: Burst,
  index: number,
): readonly string[] {
  const earlier = calls.slice(0, index);
  if (isReleasedBy({ calls: earlier, failing })) return [RELEASED];
  const isReleasedLater = isReleasedBy({ calls: calls.slice(index), failing });
  if (call === 'renew' || !isReleasedLater) return [outcome];
  // Held up by the renewal until the release has been asked for as well.
  if (earlier.some((one) => one.call === 'renew')) return [RELEASED];
  return [outcome, deadOutcome(call)];
}

function deadOutcome(call: Call): string {
  return call === 'fetch' ? '401' : UNAUTHORIZED;
}

/** How many renewals and releases are asked for, at most; exactly as many where the order says it all. */
export function expectedRequests(
  state: State,
  { calls, failing }: Burst,
): { readonly renewals: number; readonly releases: number } {
  if (state === 'released') return { renewals: 0, releases: 0 };
  const firstRelease = calls.findIndex(({ call }) => call === 'release');
  const isRelease = firstRelease !== -1;
  const isRenewal = ({ call }: Burst['calls'][number]): boolean => call === 'renew';
  const before = (isRelease ? calls.slice(0, firstRelease) : calls).some(isRenewal);
  // After a release that came to nothing there is another renewal, one for all who waited.
  const after =
    isRelease && failing.includes('release') && calls.slice(firstRelease).some(isRenewal);
  return { renewals: Number(before) + Number(after), releases: Number(isRelease) };
}
