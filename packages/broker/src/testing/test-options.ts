// What a test asks of its broker in → settings out: those of a broker, fast and with a clock of their own.

import { assertKnownOptions } from '@agentwrit/protocol';
import type { BrokerOptions } from '../broker-options.js';
import { BROKER_OPTIONS, type BrokerSettings, resolveOptions } from '../broker-settings.js';
import type { TestClock } from './test-clock.js';

const OPTIONS = BROKER_OPTIONS.filter((name) => name !== 'clock');

/** @throws TypeError naming the option that is unknown or has a value it cannot have */
export function resolveTestOptions(
  options: Omit<BrokerOptions, 'clock'>,
  clock: TestClock,
): BrokerSettings {
  if (typeof options === 'object' && options !== null && Object.hasOwn(options, 'clock')) {
    throw new TypeError(
      'createTestBroker takes no "clock": it has its own, which "clock.set" and "clock.advance" move',
    );
  }
  assertKnownOptions(options, 'createTestBroker', OPTIONS);
  const { bcryptCost = 4, rateLimits = false } = options;
  return resolveOptions({ ...options, bcryptCost, rateLimits, clock: clock.now });
}
