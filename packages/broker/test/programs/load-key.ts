// Paths of key files, a line each, in → the public key of each, a line each, out.

import { createPublicKey } from 'node:crypto';
import { createInterface } from 'node:readline';
import { loadSigningKey } from '../../src/key-file.js';

process.stdout.write('ready\n');
for await (const path of createInterface({ input: process.stdin })) {
  const { x } = createPublicKey(loadSigningKey(path)).export({ format: 'jwk' });
  process.stdout.write(`${x}\n`);
}
