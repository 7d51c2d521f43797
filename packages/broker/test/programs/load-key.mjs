// The path of a key file and a line on stdin to start at → the public key out.

import { createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import { loadSource } from './load-source.mjs';

const { loadSigningKey } = await loadSource('key-file.ts');
process.stdout.write('ready\n');
await once(process.stdin, 'data');
const { x } = createPublicKey(loadSigningKey(process.argv[2])).export({ format: 'jwk' });
process.stdout.write(`${x}\n`);
process.stdin.destroy();
