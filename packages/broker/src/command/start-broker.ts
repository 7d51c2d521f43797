// The environment in → a broker that listens, and has said so, out (protocol §8.3).

import type { KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { BrokerSettings } from '../broker-settings.js';
import { type Broker, openBroker } from '../create-broker.js';
import { BROKER_VERSION } from '../http/routes/health.js';
import { loadSigningKey } from '../key-file.js';
import type { Log } from '../log.js';
import { newSigningKey } from '../signing-key.js';
import { systemErrorText } from '../system-error.js';
import { configLocations, readConfigFile } from './config-file.js';
import { type Configuration, type Environment, readEnvironment } from './environment.js';
import { remarksOnEnvironment } from './environment-remarks.js';
import { createLogLines, type LineWriter } from './log-lines.js';
import { chooseAdminSecret } from './operator-secret.js';
import { remarksOn, warning } from './remarks.js';
import { seedLines } from './seed-tokens.js';
import { readTlsFiles } from './tls-files.js';

export interface StartOptions {
  readonly env: Environment;
  readonly strict: boolean;
  readonly stdout: LineWriter;
  readonly stderr: LineWriter;
}

export interface StartedBroker {
  readonly broker: Broker;
  readonly log: Log;
}

// The broker's own (protocol §0.1); one inside a test process does with less.
const BCRYPT_COST = 12;

/** @throws Error whose message is what follows `FATAL: ` */
export async function startBroker(options: StartOptions): Promise<StartedBroker> {
  const { env, strict, stdout, stderr } = options;
  const clock = Date.now;
  const configuration = readEnvironment(env);
  const { bindAddress, dbPath, logLevel, port, seedTokens } = configuration;
  const log = createLogLines({ level: logLevel, clock, stdout, stderr });
  // Before anything fails: a name that is not known may be why.
  for (const remark of remarksOnEnvironment(env, configuration)) log(remark);
  const adminSecret = readConfiguration(configuration, log);
  const signingKey = openSigningKey(configuration, log);
  const tls = attempt(() => readTlsFiles(configuration));
  const { trustDomain, issuer, audience } = configuration;
  const { defaultTtl, maxTtl, appTokenTtl, adminTokenTtl } = configuration;
  const { broker, state } = openBroker({
    adminSecret,
    trustDomain,
    issuer,
    audience,
    defaultTtl,
    maxTtl,
    appTokenTtl,
    adminTokenTtl,
    clock,
    bcryptCost: BCRYPT_COST,
    rateLimits: true,
    signingKey,
    dbPath,
    tls: tls.done ? tls.result : undefined,
    strict,
    log,
  });
  try {
    // Not before the database: the first step that fails is the one that is told.
    if (!tls.done) throw tls.error;
    const address = await listen(broker, port, bindAddress);
    // Listening comes first: no token is printed for a broker that cannot come up.
    if (seedTokens) for (const line of await seedLines(state)) stdout(line);
    stdout(`AgentWrit broker v${BROKER_VERSION} listening on ${address}`);
  } catch (error) {
    await broker.close();
    throw error;
  }
  return { broker, log };
}

function readConfiguration(configuration: Configuration, log: Log): BrokerSettings['adminSecret'] {
  const { adminSecret, mode, warnings } = readConfigFile(configLocations(configuration));
  for (const message of warnings) log(warning(message));
  const chosen = chooseAdminSecret([configuration.adminSecret, adminSecret]);
  for (const remark of remarksOn({ ...configuration, mode })) log(remark);
  return chosen;
}

function openSigningKey({ dbPath, signingKeyPath: path }: Configuration, log: Log): KeyObject {
  if (path === undefined) return newSigningKey();
  // Asked before the file is made; where there was no database there are no earlier tokens.
  const isLost = dbPath !== undefined && existsSync(dbPath) && !existsSync(path);
  try {
    const key = loadSigningKey(path, (message) => log(warning(message)));
    if (isLost) log(warning('new signing key: all earlier tokens are invalid'));
    return key;
  } catch (error) {
    throw new Error(`signing key: ${systemErrorText(error)}`, { cause: error });
  }
}

/** @returns address and port, the real one when any was asked for */
async function listen(broker: Broker, port: number, host: string): Promise<string> {
  try {
    const { url } = await broker.listen(port, host);
    return url.slice(url.indexOf('//') + 2);
  } catch (error) {
    const reason = systemErrorText(error);
    // A name that leads nowhere is found out before there is anything to listen on.
    const message = reason.startsWith('listen ') ? reason : `listen tcp ${host}:${port}: ${reason}`;
    throw new Error(message, { cause: error });
  }
}

type Attempt<T> =
  | { readonly done: true; readonly result: T }
  | { readonly done: false; readonly error: unknown };

function attempt<T>(run: () => T): Attempt<T> {
  try {
    return { done: true, result: run() };
  } catch (error) {
    return { done: false, error };
  }
}
