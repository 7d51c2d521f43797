// Nothing in → the audit file that the three APIs keep, and what the command `agentwrit` makes of it, out.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AuditFile, createAuditFile } from '@agentwrit/audit';
import { note } from '@agentwrit/example-setup';

export interface AuditTrail {
  /** For `onDecision`: nothing is let in that is not on the disk. */
  readonly sink: AuditFile;
  /**
   * Closes the file, has its chain checked and prints what was granted and what was needed; a page with charts is
   * left beside the file.
   *
   * @returns whether the chain is whole
   */
  readonly report: () => Promise<boolean>;
}

export async function openAuditTrail(): Promise<AuditTrail> {
  const folder = await mkdtemp(join(tmpdir(), 'agentwrit-demo-'));
  const path = join(folder, 'audit.jsonl');
  const sink = createAuditFile({ path, required: true });
  return {
    sink,
    async report() {
      await sink.close();
      const page = join(folder, 'drift.html');
      const verified = await runAgentwrit('audit', 'verify', '--complete', path);
      console.log();
      const reported = await runAgentwrit('drift', path, '--html', page);
      note(`the same with charts: ${page}`);
      return verified === 0 && reported === 0;
    },
  };
}

/** @returns how it ended */
async function runAgentwrit(...args: readonly string[]): Promise<number | null> {
  const bin = fileURLToPath(new URL('command/bin.js', import.meta.resolve('@agentwrit/client')));
  console.log(`  $ agentwrit ${args.join(' ')}\n`);
  const child = spawn(process.execPath, [bin, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    process.stdout.write(text.replaceAll(/^(?=.)/gm, '  '));
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}
