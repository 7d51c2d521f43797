// A meter in → the instruments that decisions are counted and measured with out.

import type { Counter, Histogram, Meter } from '@opentelemetry/api';
import { AGE_BUCKETS, DURATION_BUCKETS } from '../buckets.js';
import { DECISION_COUNTER, DECISION_DURATION, PROOF_AGE } from './names.js';

export interface Instruments {
  readonly decisions: Counter;
  readonly durations: Histogram;
  readonly ages: Histogram;
}

export function createInstruments(meter: Meter): Instruments {
  return {
    decisions: meter.createCounter(DECISION_COUNTER, {
      description: 'Decisions of guards.',
      unit: '{decision}',
    }),
    durations: meter.createHistogram(DECISION_DURATION, {
      description: 'From the arrival of a request at the guard to the decision.',
      unit: 's',
      advice: { explicitBucketBoundaries: [...DURATION_BUCKETS] },
    }),
    ages: meter.createHistogram(PROOF_AGE, {
      description: "How long before a decision the broker's word was asked for.",
      unit: 's',
      advice: { explicitBucketBoundaries: [...AGE_BUCKETS] },
    }),
  };
}
