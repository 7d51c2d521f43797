/// <reference types="node" />
// Paths on stdin in → each opened and held; `held`, or why not, printed for each. Until stdin ends.

import { createInterface } from 'node:readline';
import { createAuditFile } from '@agentwrit/audit';

process.stdout.write(`ready\n`);
createInterface({ input: process.stdin })
  .on('line', (path) => {
    try {
      createAuditFile({ path });
      process.stdout.write(`held\n`);
    } catch (error) {
      process.stdout.write(`${error.code}\n`);
    }
  })
  .on('close', () => process.exit());
