// Paths on stdin in → each opened and held; `held`, or why not, printed for each. Until stdin ends.

import { createInterface } from 'node:readline';
import { createAuditFile } from '@agentwrit/audit';

console.log('ready');
createInterface({ input: process.stdin })
  .on('line', (path) => {
    try {
      createAuditFile({ path });
      console.log('held');
    } catch (error) {
      console.log(error.code);
    }
  })
  .on('close', () => process.exit());
