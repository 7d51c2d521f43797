// A path in → a sink that writes each decision to that file, as the broker writes its audit log, out.

import {
  assertBoolean,
  assertFunction,
  assertKnownOptions,
  assertNumber,
  assertText,
  type DecisionEvent,
  type DecisionSink,
} from '@agentwrit/protocol';
import { auditEventId } from '../chain.js';
import { type Disk, nodeDisk } from './disk.js';
import { AuditFileError } from './file-error.js';
import { type FileLock, lockFile } from './lock.js';
import { Log } from './log.js';
import { assertIsFile, openLog } from './opening.js';
import { Queue } from './queue.js';
import { realPath } from './real-path.js';
import { Reporter } from './reporter.js';
import { MAX_LINE_BYTES } from './tail.js';
import { Writer } from './writer.js';

export interface AuditFileOptions {
  /** Of the newest file. Its folder must be there, and be one in which files can be made. */
  readonly path: string;
  /** No request is let in before its event is on disk. Default false: events are written soon after. */
  readonly required?: boolean;
  /** How long a file may become before a new one is begun; 0: no limit. Default 100 MiB. */
  readonly rotateBytes?: number;
  /** How many files are kept beside the newest; older ones are deleted. Default: all. */
  readonly keepFiles?: number;
  /** How many events may wait to be written. Default 10,000. */
  readonly maxQueued?: number;
  /** How much memory they may take, roughly; 2 MiB at least. Default 32 MiB. */
  readonly maxQueuedBytes?: number;
  /** Told of faults, once each; without it they become warnings of the process. */
  readonly onFault?: (fault: AuditFileError) => unknown;
}

export interface AuditFileStats {
  /** Since the start, as are all counts. */
  readonly written: number;
  /** Decisions that stood and are not in the file; each gap is told of there. */
  readonly dropped: number;
  /** Requests that were not let in, because their event could not be written. */
  readonly rejected: number;
  readonly faults: number;
  /** Events that wait now. */
  readonly queued: number;
  readonly rotations: number;
  /** What was behind the last whole line at the start, and is in `PATH.torn` now. */
  readonly repairedBytes: number;
  /** Of the last event in the file; `undefined` when there is none. */
  readonly lastId: string | undefined;
  readonly lastHash: string | undefined;
}

export interface AuditFile extends DecisionSink {
  /** Resolves when the event is on disk, if the file is required and the request is to be let in. */
  (event: DecisionEvent): Promise<void> | undefined;
  readonly isRequired: boolean;
  /**
   * Resolves when all events so far are on disk. Once a sync has failed, a file that is not required never resolves
   * again: no later sync can tell whether what was written before is there. Writing goes on.
   *
   * @throws AuditFileError (rejects) when they are not, or may not be; `closed` after `close()`
   */
  readonly flush: () => Promise<void>;
  /**
   * Writes what waits, and lets go of the file. Events after it are not written; one that is required rejects.
   *
   * @throws AuditFileError (rejects) when something could not be written
   */
  readonly close: () => Promise<void>;
  readonly stats: () => AuditFileStats;
}

const KNOWN = [
  'path',
  'required',
  'rotateBytes',
  'keepFiles',
  'maxQueued',
  'maxQueuedBytes',
  'onFault',
] as const;

/**
 * Opens or makes an audit file and goes on with its hash chain (protocol §7.2), also after a crash. Takes decisions
 * without delay and writes them in batches. Each process needs a file of its own. Call `close()` before the process
 * ends: `process.exit()` and a signal lose what waits and is not required. Faults that nobody listens to are
 * process warnings, `AGENTWRIT_AUDIT_` and the code.
 *
 * @throws TypeError naming the option that is wrong
 * @throws AuditFileError when the file cannot be had, is written by another, or is no audit log
 * @example
 * const audit = createAuditFile({ path: '/var/log/orders/audit.jsonl', required: true });
 * const guard = createGuard({ broker, onDecision: audit });
 */
export function createAuditFile(options: AuditFileOptions): AuditFile {
  return openAuditFile(options, { disk: nodeDisk, lock: lockFile, realPath });
}

/** What is under an audit file; tests have another. */
export interface AuditFileGround {
  readonly disk: Disk;
  readonly lock: (path: string) => FileLock;
  readonly realPath: (path: string) => string;
}

export function openAuditFile(options: AuditFileOptions, ground: AuditFileGround): AuditFile {
  assertKnownOptions(options, 'createAuditFile()', KNOWN);
  const { required = false, rotateBytes = 100 * 1024 * 1024, keepFiles } = options;
  const { maxQueued = 10_000, maxQueuedBytes = 32 * 1024 * 1024, onFault } = options;
  assertText(options.path, 'path');
  assertBoolean(required, 'required');
  assertNumber(rotateBytes, 'rotateBytes', { min: 0, isWhole: true });
  // One at least: between two files, the chain is nowhere else.
  if (keepFiles !== undefined) assertNumber(keepFiles, 'keepFiles', { min: 1, isWhole: true });
  // Two at least: refusals have half of it.
  assertNumber(maxQueued, 'maxQueued', { min: 2, isWhole: true });
  // Room for any event, also where refusals have half of it.
  assertNumber(maxQueuedBytes, 'maxQueuedBytes', { min: 2 * MAX_LINE_BYTES, isWhole: true });
  if (onFault !== undefined) assertFunction(onFault, 'onFault');

  const { disk } = ground;
  const path = ground.realPath(options.path);
  assertIsFile(disk, path);
  const lock = ground.lock(path);
  const reporter = new Reporter(onFault);
  const report = (fault: AuditFileError): void => reporter.report(fault);
  try {
    const opened = openLog(disk, path);
    const log = new Log(
      { disk, path, lock, isDurable: required, rotateBytes, keepFiles, report },
      opened,
    );
    const queue = new Queue({
      events: maxQueued,
      bytes: maxQueuedBytes,
      refusalShare: required ? 0.5 : 1,
    });
    const { tornBytes } = opened;
    if (tornBytes > 0) {
      queue.add({ kind: 'repair', time: Date.now(), bytes: tornBytes });
      report(
        new AuditFileError('torn', `${path} ended within a line: ${tornBytes} bytes were moved`),
      );
    }
    const writer = new Writer({
      log,
      queue,
      isRequired: required,
      path,
      report,
      note: () => reporter.note(),
    });
    let closing: Promise<void> | undefined;
    return Object.assign((event: DecisionEvent) => writer.add(event), {
      isRequired: required,
      flush: () => writer.flush(),
      close: () => (closing ??= writer.close().finally(lock.release)),
      stats: (): AuditFileStats => ({
        ...writer.counts,
        faults: reporter.count,
        queued: queue.eventCount,
        rotations: log.rotations,
        repairedBytes: tornBytes,
        lastId: log.end.number > 0 ? auditEventId(log.end.number) : undefined,
        lastHash: log.end.number > 0 ? log.end.hash : undefined,
      }),
    });
  } catch (error) {
    lock.release();
    throw error;
  }
}
