/// <reference types="node" />
// A path on a disk with little room in → what was written until it was full, and after there was room, out.

import { renameSync, statSync } from 'node:fs';
import { createAuditFile } from '@agentwrit/audit';

const [, , path = ''] = process.argv;
const audit = createAuditFile({ path, required: true, onFault: () => undefined });
const event = (requestId) => ({
  version: 1,
  time: Date.now(),
  outcome: 'allow',
  method: 'GET',
  requestId,
  requiredScope: ['read:data:customer-cust-7291'],
  durationUs: 12,
});

const acknowledged = [];
let fault;
for (let number = 1; fault === undefined; number += 1) {
  try {
    await audit(event(`req-${number}`));
    acknowledged.push(`req-${number}`);
  } catch ({ code, cause }) {
    fault = { code, cause: String(cause) };
  }
}
const sizeAtFault = statSync(path).size;
// As an operator makes room.
renameSync(path, `${path}.1`);
await audit.flush();
await audit(event('later'));
await audit.close();
process.stdout.write(`${JSON.stringify({ acknowledged, fault, sizeAtFault, later: ['later'] })}\n`);
