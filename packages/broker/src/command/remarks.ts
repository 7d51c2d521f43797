// A configuration in → what its operator should know about it out (protocol §8.1, §8.2).

import type { LogEntry } from '../log.js';
import type { Configuration } from './environment.js';

// Every address of the machine, in both families.
const EVERYWHERE = ['0.0.0.0', '::'];

export type RemarkFacts = Pick<
  Configuration,
  'bindAddress' | 'dbPath' | 'defaultTtl' | 'maxTtl' | 'tlsMode'
> & {
  /** `MODE` of the config file. */
  readonly mode: string;
};

export function remarksOn(facts: RemarkFacts): readonly LogEntry[] {
  const { bindAddress, dbPath, defaultTtl, maxTtl, mode, tlsMode } = facts;
  const remarks: LogEntry[] = [];
  // A warning of the broker's (protocol §8.2); here development is what most are for.
  if (mode === 'development') remarks.push(news('MODE is development'));
  if (tlsMode === 'none' && EVERYWHERE.includes(bindAddress)) {
    remarks.push(warning(`${bindAddress} without TLS: tokens cross the network in the clear`));
  }
  if (maxTtl > 0 && defaultTtl > maxTtl) {
    remarks.push(
      warning(`AA_DEFAULT_TTL ${defaultTtl} is above AA_MAX_TTL ${maxTtl}, which is what counts`),
    );
  }
  if (dbPath === undefined) {
    remarks.push(
      news('AA_DB_PATH is not set: all state and the signing key end with this process'),
    );
  }
  return remarks;
}

export function warning(message: string): LogEntry {
  return { level: 'WARN', module: 'CFG', component: 'config', message };
}

function news(message: string): LogEntry {
  return { ...warning(message), level: 'OK' };
}
