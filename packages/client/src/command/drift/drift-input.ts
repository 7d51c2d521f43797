// Audit files, and the broker's log if asked for, in → a drift meter that has seen them out.

import { statSync } from 'node:fs';
import {
  type AuditLine,
  createDriftMeter,
  type DriftMeter,
  type DriftMeterOptions,
  readAuditBatches,
} from '@agentwrit/audit';
import { type AuditEvent, isTimestamp, WireError } from '@agentwrit/protocol';
import { asOperator } from '../connection.js';
import { progressLine } from '../progress.js';
import type { Call } from '../verb.js';

export interface DriftInput {
  readonly meter: DriftMeter;
  readonly events: number;
  /** Lines that hold no event, or none that can be understood. */
  readonly unread: number;
  /** The first few of them, for people. */
  readonly faults: readonly string[];
  /** Some decisions are counted without the app that is known by now: stdin cannot be read again. */
  readonly hasLateApps: boolean;
}

/** Epoch milliseconds, both included. */
export interface Period {
  readonly since: number;
  readonly until: number;
}

const MAX_FAULTS = 5;

/**
 * Reads everything once, and a second time if it came to light late which apps agents are of.
 *
 * @throws AuditReadError when a file cannot be read
 * @throws Error when there is no event in a file that is not empty
 */
export async function readDriftInput(
  call: Call,
  period: Period,
  routes: DriftMeterOptions['routes'],
): Promise<DriftInput> {
  const meter = createDriftMeter(routes === undefined ? {} : { routes });
  const progress = progressLine(call.context, 'events');
  try {
    let reader = new Reader(meter, period, progress.show);
    await reader.readAll(call);
    if (meter.hasLateApps() && !call.operands.includes('-')) {
      meter.reset();
      reader = new Reader(meter, period, progress.show);
      await reader.readAll(call);
    }
    const { events, unread, faults } = reader;
    return { meter, events, unread, faults, hasLateApps: meter.hasLateApps() };
  } finally {
    progress.clear();
  }
}

type Show = ReturnType<typeof progressLine>['show'];

class Reader {
  readonly #meter: DriftMeter;
  readonly #period: Period;
  readonly #show: Show;
  readonly faults: string[] = [];
  #lastFault = '';
  events = 0;
  unread = 0;

  constructor(meter: DriftMeter, period: Period, show: Show) {
    this.#meter = meter;
    this.#period = period;
    this.#show = show;
  }

  async readAll(call: Call): Promise<void> {
    // First, as it says which app an agent is of.
    if (call.flags.text('broker') !== undefined) await this.#readBroker(call);
    for (const path of withoutRepeats(call.operands)) await this.#readFile(path, call);
  }

  async #readBroker(call: Call): Promise<void> {
    const { signal } = call.context;
    await asOperator(call, async (operator) => {
      for await (const event of operator.auditEvents({ signal })) this.#read(event);
    });
  }

  async #readFile(path: string, { context }: Call): Promise<void> {
    const { signal, stdin } = context;
    const before = { events: this.events, unread: this.unread };
    const batches = readAuditBatches(path, {
      signal,
      ...(path === '-' && { stdin: stdin.read() }),
      onProgress: (bytes) => this.#show({ bytes, totalBytes: undefined, count: this.events }),
    });
    for await (const batch of batches) for (const line of batch) this.#readLine(line);
    if (this.events === before.events && this.unread > before.unread) {
      throw new Error(`there is no audit event in ${nameOf(path)}: ${this.#lastFault}`);
    }
  }

  #readLine(line: AuditLine): void {
    const fault = line.fault === undefined ? this.#read(line.event) : line.detail;
    if (fault === undefined) return;
    this.unread += 1;
    this.#lastFault = `line ${line.line}: ${fault}`;
    if (this.faults.length < MAX_FAULTS) {
      this.faults.push(`${nameOf(line.path)}:${line.line}: ${fault}`);
    }
  }

  /** @returns what is wrong with it */
  #read(event: AuditEvent): string | undefined {
    if (!isTimestamp(event.timestamp)) return 'its timestamp is no time';
    const time = Date.parse(event.timestamp);
    try {
      const { since, until } = this.#period;
      if (time >= since && time <= until) this.#meter.readAuditEvent(event);
      // Agents that were registered before are at work all the same.
      else if (time < since) this.#meter.learnApp(event);
    } catch (error) {
      if (error instanceof WireError) return error.message;
      throw error;
    }
    this.events += 1;
    return undefined;
  }
}

/** Each file once, by whatever name. */
function withoutRepeats(paths: readonly string[]): readonly string[] {
  const byFile = new Map<string, string>();
  for (const path of paths) {
    const found =
      path === '-' ? undefined : statSync(path, { bigint: true, throwIfNoEntry: false });
    const key = found ? `${found.dev} ${found.ino}` : path;
    if (!byFile.has(key)) byFile.set(key, path);
  }
  return [...byFile.values()];
}

function nameOf(path: string): string {
  return path === '-' ? 'stdin' : path;
}
