/// <reference types="node" />
// A path and a name for this run in → an audit file written by many at a time, and each request id printed once
// its promise was kept, until killed.

import { createAuditFile } from '@agentwrit/audit';

const [, , path = '', run = ''] = process.argv;
const AT_A_TIME = 32;
const audit = createAuditFile({ path, required: true, rotateBytes: 100_000 });

const event = (requestId, outcome) => ({
  version: 1,
  time: Date.now(),
  outcome,
  method: 'GET',
  route: '/orders/:id',
  requestId,
  requiredScope: ['read:data:customer-cust-7291'],
  durationUs: 12,
});

async function serve(worker) {
  for (let number = 1; ; number += 1) {
    const id = `${run}-${worker}-${number}`;
    if (number % 7 === 0) {
      void audit({ ...event(`${id}-refused`, 'refuse'), reason: 'missing_token' });
    }
    await audit(event(id, 'allow'));
    // To a pipe this is synchronous: what was printed was printed when the process is killed.
    process.stdout.write(`${id}\n`);
  }
}

for (let worker = 1; worker <= AT_A_TIME; worker += 1) void serve(worker);
