// Global flags and environment in → how to reach the broker, and an operator, out.

import { readFileSync } from 'node:fs';
import { AgentWritOperator } from '../operator/operator.js';
import type { ConnectionOptions } from '../transport.js';
import { systemReason } from './system-reason.js';
import { type Call, type CommandContext, type Flags, UsageError } from './verb.js';

export const GLOBAL_FLAGS: Flags = {
  broker: { value: 'URL', about: 'the broker, such as https://broker.example.com' },
  timeout: { value: 'SECONDS', about: 'for all of a call; 10 by default' },
  'allow-insecure-http': {
    about:
      'plain http: to other hosts than this one: secrets and\ntokens cross the network in the clear',
  },
  ca: { value: 'FILE', about: 'PEM: the certificate authorities to trust instead' },
  cert: { value: 'FILE', about: 'PEM: the client certificate, for mTLS; with --key' },
  key: { value: 'FILE', about: 'PEM: the private key of --cert' },
  json: { about: 'one JSON document, under the names of the wire' },
  help: { about: 'print help, on every level' },
  version: { about: 'print the version' },
};

// Seconds, to the millisecond.
const SECONDS = /^\d{1,7}(?:\.\d{1,3})?$/;

/** `undefined` when there is no broker to ask. */
export function findConnection(call: Call): ConnectionOptions | undefined {
  const { flags, context } = call;
  const brokerUrl = flags.text('broker') ?? variable(context, 'BROKER_URL');
  if (brokerUrl === undefined) return undefined;
  const timeoutMs = readTimeout(flags.text('timeout'));
  const tls = readTlsFiles(call, brokerUrl);
  return {
    brokerUrl,
    allowInsecureHttp: flags.has('allow-insecure-http'),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(tls === undefined ? {} : { tls }),
  };
}

/** @throws UsageError when there is no broker to ask */
export function connectionOf(call: Call): ConnectionOptions {
  const connection = findConnection(call);
  if (connection !== undefined) return connection;
  throw new UsageError('no broker: give --broker, or set AGENTWRIT_BROKER_URL');
}

/** Does `work` as the operator that the environment names, then closes its connections. */
export async function asOperator<T>(
  call: Call,
  work: (operator: AgentWritOperator) => Promise<T>,
): Promise<T> {
  const connection = connectionOf(call);
  const adminSecret = variable(call.context, 'ADMIN_SECRET');
  if (adminSecret === undefined) throw new UsageError('AGENTWRIT_ADMIN_SECRET is not set');
  const operator = new AgentWritOperator({ ...connection, adminSecret });
  try {
    return await work(operator);
  } finally {
    await operator.close();
  }
}

function variable({ env }: CommandContext, name: string): string | undefined {
  // The second is what the broker's own command reads.
  return env[`AGENTWRIT_${name}`] || env[`AACTL_${name}`] || undefined;
}

function readTimeout(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!SECONDS.test(text)) throw new UsageError('"--timeout" must be seconds, such as 10 or 0.5');
  return Math.round(Number(text) * 1000);
}

function readTlsFiles({ flags }: Call, brokerUrl: string): ConnectionOptions['tls'] {
  const names = (['ca', 'cert', 'key'] as const).filter((name) => flags.text(name));
  const [first] = names;
  if (first === undefined) return undefined;
  if (!/^https:/i.test(brokerUrl)) {
    throw new UsageError(`"--${first}" is of no use with a broker that is not at an https: URL`);
  }
  return Object.fromEntries(names.map((name) => [name, readPem(name, flags.given(name))]));
}

function readPem(name: string, path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`"--${name}": cannot read ${path}: ${systemReason(error)}`);
  }
  if (text.includes('-----BEGIN ')) return text;
  throw new UsageError(`"--${name}": ${path} holds no PEM, "-----BEGIN …"`);
}
