// Refusals in → how many there were for each reason out.

import { REFUSAL_REASONS, type RefusalReason } from '@agentwrit/protocol';
import type { RefusalCount } from './report.js';
import { TimeSpan } from './time-span.js';

export class RefusalCounts {
  readonly #counts = new Map<RefusalReason, { count: number; readonly span: TimeSpan }>();

  /** @param reason an event that has none is a fault of whoever wrote it */
  add(reason: RefusalReason = 'internal_error', time: number): void {
    const known = this.#counts.get(reason) ?? { count: 0, span: new TimeSpan() };
    this.#counts.set(reason, known);
    known.count += 1;
    known.span.add(time);
  }

  /** In the order in which a guard checks. */
  get list(): readonly RefusalCount[] {
    return REFUSAL_REASONS.flatMap((reason) => {
      const found = this.#counts.get(reason);
      return found ? [{ reason, count: found.count, ...found.span.ends }] : [];
    });
  }
}
