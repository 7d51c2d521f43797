// `--token` or stdin in → the text of one token out.

import { AgentWritError } from '../errors.js';
import { type Call, type Flags, UsageError } from './verb.js';

export const TOKEN_FLAG: Flags = {
  token: {
    value: 'TOKEN',
    about:
      'better pipe it in: arguments are visible in process\nlists. "-" reads stdin, as does leaving it out',
  },
};

// As the guard's cap; a token of the broker's is a tenth of it.
const MAX_LENGTH = 16_384;

const PARTS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/**
 * Three base64url parts and no longer than any token: what is not may be a secret that was mistaken for one, and
 * is not sent anywhere.
 *
 * @throws AgentWritError `invalid_token` when it cannot be a token
 * @throws UsageError when there is none
 */
export async function readToken(call: Call): Promise<string> {
  const given = call.flags.text('token');
  const text = given === undefined || given === '-' ? await readStdin(call, given) : given;
  const token = text.trim();
  if (token === '') throw new UsageError('there is no token on stdin');
  if (token.length > MAX_LENGTH) {
    throw new AgentWritError('invalid_token', `longer than a token: over ${MAX_LENGTH} characters`);
  }
  if (!PARTS.test(token)) {
    throw new AgentWritError('invalid_token', 'this is no token: not three base64url parts');
  }
  return token;
}

async function readStdin({ context }: Call, given: string | undefined): Promise<string> {
  if (given === undefined && context.stdin.isTerminal) {
    throw new UsageError('no token: pipe it in, or give --token');
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of context.stdin.read()) {
    chunks.push(chunk);
    size += chunk.byteLength;
    // Too long already; leaving the loop ends the stream.
    if (size > 2 * MAX_LENGTH) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}
