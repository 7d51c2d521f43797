// The times of a token and now in → what is left of it, or since when it is over, out (protocol §3.4).

import { type Claims, formatTimestampSeconds } from '@agentwrit/protocol';
import { fields } from '../table.js';

export interface Lifetime {
  readonly document: object;
  readonly lines: readonly string[];
}

// What a Date can hold.
const MAX_SECONDS = 8.64e12;

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** By this machine's clock; the broker's decides. */
export function describeLifetime({ iat, nbf, exp }: Claims, nowMs: number): Lifetime {
  const now = Math.floor(nowMs / 1000);
  // Valid up to and including the second of `exp`.
  const isExpired = now > exp;
  return {
    document: {
      issued_at: timeOf(iat),
      not_before: timeOf(nbf),
      expires_at: timeOf(exp),
      is_expired: isExpired,
      is_early: now < nbf,
      seconds_left: Math.max(0, exp - now),
    },
    lines: fields([
      ['issued', `${timeOf(iat) ?? OUT_OF_RANGE}  ${distance(iat, now)}`],
      // The broker writes it, and it is the same (protocol §3.4).
      [
        'not before',
        nbf === iat ? undefined : `${timeOf(nbf) ?? OUT_OF_RANGE}  ${distance(nbf, now)}`,
      ],
      [
        isExpired ? 'expired' : 'expires',
        `${timeOf(exp) ?? OUT_OF_RANGE}  ${distance(exp, now)}, by the clock of this machine`,
      ],
    ]),
  };
}

const OUT_OF_RANGE = 'beyond any calendar';

function timeOf(seconds: number): string | undefined {
  return Math.abs(seconds) > MAX_SECONDS ? undefined : formatTimestampSeconds(seconds * 1000);
}

function distance(seconds: number, now: number): string {
  if (seconds === now) return 'now';
  return seconds > now ? `in ${duration(seconds - now)}` : `${duration(now - seconds)} ago`;
}

/** `2 h 5 min`: the two greatest units that say something. */
function duration(seconds: number): string {
  const parts = UNITS.map(([unit, size], index) => {
    const above = UNITS[index - 1]?.[1] ?? Infinity;
    return [Math.floor((seconds % above) / size), unit] as const;
  });
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}
