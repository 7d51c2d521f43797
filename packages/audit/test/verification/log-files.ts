// A good log in three files, and what was done to it, in → the report on it, with names for paths, out.

import { basename } from 'node:path';
import type { AuditEvent } from '@agentwrit/protocol';
import type { VerifyAuditFilesOptions } from '../../src/verification/options.js';
import type { AuditReport } from '../../src/verification/report.js';
import { verifyAuditFiles } from '../../src/verification/verify.js';
import { writeFiles } from '../folder.js';
import { linesOf, logOf } from './sealed-log.js';

export const EVENTS: readonly AuditEvent[] = logOf(50);
export const LINES: readonly string[] = linesOf(EVENTS);
export const LAST_HASH: string = EVENTS[49]?.hash ?? '';

/** 1 to 17, 18 to 34, 35 to 50. */
export const FILES: Readonly<Record<'a' | 'b' | 'c', readonly string[]>> = {
  a: LINES.slice(0, 17),
  b: LINES.slice(17, 34),
  c: LINES.slice(34),
};

export type Files = Record<keyof typeof FILES, string[]>;

export function copyOfFiles(): Files {
  return { a: [...FILES.a], b: [...FILES.b], c: [...FILES.c] };
}

export function at(lines: readonly string[], index: number): string {
  return lines[index] ?? '';
}

export function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

export async function verify(
  contents: Readonly<Record<string, string | Uint8Array>>,
  options?: VerifyAuditFilesOptions,
): Promise<AuditReport> {
  return withNames(await verifyAuditFiles(writeFiles(contents), options));
}

export async function verifyFiles(
  { a, b, c }: Files,
  options?: VerifyAuditFilesOptions,
): Promise<AuditReport> {
  return verify({ a: text(a), b: text(b), c: text(c) }, options);
}

/** With names for paths. */
export function withNames(report: AuditReport): AuditReport {
  return {
    ...report,
    files: report.files.map((path) => basename(path)),
    ...(report.break && { break: { ...report.break, path: basename(report.break.path) } }),
    remarks: report.remarks.map((remark) => ({ ...remark, path: basename(remark.path) })),
  };
}
