// The options of verifyAuditFiles() as given in → the same, known to be right, out.

import {
  assertBoolean,
  assertFunction,
  assertKnownOptions,
  assertTexts,
} from '@agentwrit/protocol';
import type { ByteStream } from '../reading/bytes.js';

export interface VerifyProgress {
  /** Read so far, of all files. */
  readonly bytes: number;
  /** `undefined` where it is not known, as of stdin. */
  readonly totalBytes: number | undefined;
  readonly events: number;
}

export interface VerifyAuditFilesOptions {
  /** 64 lower-case hex digits that have to be the hash of an event, or of what stands before the first. */
  readonly expectHash?: string | undefined;
  /** Whether the first event has to be the first of the log. Default false. */
  readonly complete?: boolean | undefined;
  /** Whether a last line without an end is one that is being written. Default false: then it was cut off. */
  readonly growing?: boolean | undefined;
  /**
   * Whether a bar in a member other than the detail is taken for what was written. Guards write none; the
   * broker does, when somebody asks for a path with a bar in it. Default false.
   */
  readonly allowBars?: boolean | undefined;
  readonly onProgress?: ((progress: VerifyProgress) => void) | undefined;
  /** Aborting it throws its reason. */
  readonly signal?: AbortSignal | undefined;
  /** What is read where a path is `-`. Without it, that is a file like any other. */
  readonly stdin?: ByteStream | undefined;
}

const HASH = /^[0-9a-f]{64}$/;

/** @throws TypeError */
export function assertVerifyOptions(
  paths: readonly string[],
  options: VerifyAuditFilesOptions,
): void {
  assertTexts(paths, 'paths');
  assertKnownOptions(options, 'verifyAuditFiles()', [
    'expectHash',
    'complete',
    'growing',
    'allowBars',
    'onProgress',
    'signal',
    'stdin',
  ]);
  const { expectHash, onProgress } = options;
  if (expectHash !== undefined && !HASH.test(expectHash)) {
    throw new TypeError('"expectHash" must be 64 lower-case hex digits');
  }
  for (const name of ['complete', 'growing', 'allowBars'] as const) {
    if (options[name] !== undefined) assertBoolean(options[name], name);
  }
  if (onProgress !== undefined) assertFunction(onProgress, 'onProgress');
}
