// How much of something long is done, in → a line about it now and then, out.

import type { CommandContext } from './verb.js';

// What takes less needs no line.
const QUIET_MS = 1000;
// Often enough to be seen moving.
const INTERVAL_MS = 250;

const MIB = 1024 * 1024;

export interface Progress {
  readonly bytes: number;
  /** Where it is known. */
  readonly totalBytes: number | undefined;
  /** Of what is counted: events, for one. */
  readonly count: number;
}

export interface ProgressLine {
  readonly show: (progress: Progress) => void;
  /** Takes the line away; before anything else is printed. */
  readonly clear: () => void;
}

/** @param noun what is counted, in the plural */
export function progressLine({ now, status }: CommandContext, noun: string): ProgressLine {
  let next = now() + QUIET_MS;
  let isShown = false;
  return {
    show(progress) {
      if (now() < next) return;
      next = now() + INTERVAL_MS;
      isShown = true;
      status(lineOf(progress, noun));
    },
    clear() {
      if (isShown) status('');
      isShown = false;
    },
  };
}

function lineOf({ bytes, totalBytes, count }: Progress, noun: string): string {
  const read = `${count} ${noun}, ${Math.floor(bytes / MIB)} MiB`;
  if (totalBytes === undefined || totalBytes === 0) return read;
  const percent = Math.min(100, Math.floor((100 * bytes) / totalBytes));
  return `${read}, ${percent} %`;
}
