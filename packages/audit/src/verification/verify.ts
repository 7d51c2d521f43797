// Audit files in → a report on whether they are what was written out.

import { type AuditEvent, WireError } from '@agentwrit/protocol';
import { lostDecisionsOf } from '../lost-decisions.js';
import type { AuditLine, EventLine } from '../reading/line.js';
import { barredMember, breakAt, ChainWalk, type FoundBreak, numberOf } from './chain-walk.js';
import { AuditReadError } from '../reading/read-error.js';
import { closeAll, type OrderedFile, orderFiles } from './file-order.js';
import { assertVerifyOptions, type VerifyAuditFilesOptions } from './options.js';
import { Remarks } from './remarks.js';
import type { AuditBreak, AuditReport } from './report.js';
import { findRotated } from './rotation.js';
import { spellingOf } from './spelling.js';

/**
 * Checks the hash chain through files of any size, those of guards as well as the broker's log
 * (`agentwrit audit events --json`), in the order of their events whatever the order of the paths. Ends at the
 * first break. What a chain cannot show without `expectHash` is that events were cut off behind its last one,
 * or that all of it was written anew.
 *
 * @throws AuditReadError when a file cannot be read: then nothing is known
 * @throws TypeError for an option that is wrong
 * @example
 *   const report = await verifyAuditFiles(['audit.jsonl'], { complete: true });
 *   if (!report.isSound) console.error(report.break);
 */
export async function verifyAuditFiles(
  paths: readonly string[],
  options: VerifyAuditFilesOptions = {},
): Promise<AuditReport> {
  assertVerifyOptions(paths, options);
  const { signal, stdin } = options;
  const { files, repeated } = await orderFiles(paths, { signal, stdin });
  const verification = new Verification(files, options);
  for (const path of repeated) verification.remarks.add('repeated_file', { path, line: 0 });
  try {
    await verification.run();
  } finally {
    await closeAll(files);
  }
  return verification.report();
}

class Verification {
  readonly remarks: Remarks = new Remarks();
  readonly #files: readonly OrderedFile[];
  readonly #options: VerifyAuditFilesOptions;
  readonly #chain: ChainWalk;
  #first: AuditEvent | undefined;
  #last: AuditEvent | undefined;
  #lastLine = 0;
  #events = 0;
  #lostDecisions = 0;
  #found: FoundBreak | undefined;
  #hasExpected = false;

  constructor(files: readonly OrderedFile[], options: VerifyAuditFilesOptions) {
    this.#files = files;
    this.#options = options;
    this.#chain = new ChainWalk(options.complete === true);
  }

  async run(): Promise<void> {
    const { onProgress } = this.#options;
    const sizes = this.#files.map(({ size }) => size);
    const totalBytes = sizes.reduce<number | undefined>(
      (sum, size) => (sum === undefined || size === undefined ? undefined : sum + size),
      0,
    );
    let bytesBefore = 0;
    for (const file of this.#files) {
      if (file.isEmpty) {
        this.remarks.add('empty_file', { path: file.path, line: 0 });
        continue;
      }
      let bytesHere = 0;
      const batches = file.read((bytes) => {
        bytesHere = bytes;
        onProgress?.({ bytes: bytesBefore + bytes, totalBytes, events: this.#events });
      });
      for await (const batch of batches) {
        for (const line of batch) if (this.#isSettledBy(line, file)) return;
      }
      bytesBefore += bytesHere;
    }
    if (this.#found === undefined) this.#found = this.#breakAtEnd();
    else await this.#rejectRotated(this.#found);
  }

  report(): AuditReport {
    const [first, last] = [this.#first, this.#last];
    const { awaited: _, ...found } = this.#found ?? {};
    return {
      isSound: this.#found === undefined,
      files: this.#files.map(({ path }) => path),
      events: this.#events,
      ...(first && { firstId: first.id, firstTime: first.timestamp }),
      ...(last && { lastId: last.id, lastTime: last.timestamp, lastHash: last.hash }),
      ...(first && { startsAt: first.id === 'evt-000001' ? 'beginning' : first.id }),
      ...('kind' in found && { break: found }),
      lostDecisions: this.#lostDecisions,
      remarks: this.remarks.list(),
    };
  }

  /** No event is known to be missing when the file with it has only got another name since the paths were listed. */
  async #rejectRotated({ path, line, awaited }: FoundBreak): Promise<void> {
    if (line !== 1 || awaited === undefined || path === '-') return;
    const number = (numberOf(this.#last?.id ?? '') ?? 0) + 1;
    const rotated = await findRotated(path, { number, prevHash: awaited });
    if (rotated === undefined) return;
    const reason = `the events before it are in ${rotated}, which was not given`;
    throw new AuditReadError(path, `${reason}; if the log was rotated meanwhile, run it again`);
  }

  /** @returns whether nothing that comes later can change the report */
  #isSettledBy(line: AuditLine, file: OrderedFile): boolean {
    const found = this.#found;
    if (found !== undefined) {
      if (line.fault !== undefined || line.event.prev_hash !== found.awaited) return false;
      const detail = `${line.event.id}, which belongs here, comes later`;
      this.#found = { ...found, kind: 'reordered', detail };
      return true;
    }
    this.#found = this.#look(line, file);
    return this.#found !== undefined && this.#found.awaited === undefined;
  }

  #look(line: AuditLine, file: OrderedFile): FoundBreak | undefined {
    if (line.fault !== undefined) {
      const { path, line: number, fault, detail } = line;
      if (fault !== 'torn') return { kind: 'malformed', path, line: number, detail };
      const isLast = file === this.#files.findLast(({ isEmpty }) => !isEmpty);
      if (!isLast || this.#options.growing !== true) {
        return { kind: 'truncated', path, line: number, detail };
      }
      this.remarks.add('growing', line);
      return undefined;
    }
    const spelling = spellingOf(line);
    if (spelling.kind === 'uncovered') return breakAt(line, 'tampered', spelling.detail);
    const found = this.#chain.step(line);
    if (found !== undefined) return found;
    const { event } = line;
    const barred = barredMember(event);
    if (barred !== undefined) {
      if (this.#options.allowBars !== true) {
        return breakAt(
          line,
          'ambiguous',
          `there is a bar in "${barred}", where it may have been moved`,
        );
      }
      this.remarks.add('bar', line);
    }
    if (spelling.kind === 'other') this.remarks.add('spelling', line);
    this.#noteLoss(line);
    const { expectHash } = this.#options;
    if (event.hash === expectHash || event.prev_hash === expectHash) this.#hasExpected = true;
    this.#first ??= event;
    this.#last = event;
    this.#lastLine = line.line;
    this.#events += 1;
    return undefined;
  }

  #noteLoss(line: EventLine): void {
    try {
      const lost = lostDecisionsOf(line.event);
      if (lost === undefined) return;
      this.#lostDecisions += lost;
    } catch (error) {
      // It says so of some, and not of how many.
      if (!(error instanceof WireError)) throw error;
    }
    this.remarks.add('gap', line);
  }

  #breakAtEnd(): AuditBreak | undefined {
    const file = this.#files.findLast(({ isEmpty }) => !isEmpty) ?? this.#files[0];
    const path = file?.path ?? '';
    if (this.#last === undefined) {
      return { kind: 'missing', path, line: 0, detail: 'there is not one event in what was given' };
    }
    if (this.#options.expectHash === undefined || this.#hasExpected) return undefined;
    return {
      kind: 'truncated',
      path,
      line: this.#lastLine,
      id: this.#last.id,
      detail: 'the log ends here, and the hash that it has to contain did not come',
    };
  }
}
