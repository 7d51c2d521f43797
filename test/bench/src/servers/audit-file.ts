// A variant that keeps a record in → its audit file out: on the disk that the temporary files of this machine are on.

import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuditFile, createAuditFile } from '@agentwrit/audit';

export async function auditFileFor(variant: 'ours-audit' | 'ours-required'): Promise<AuditFile> {
  const folder = await mkdtemp(join(tmpdir(), 'agentwrit-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return createAuditFile({
    path: join(folder, 'audit.jsonl'),
    required: variant === 'ours-required',
  });
}
