// What an example claims and its work in → the work done against a broker, its checks printed, an exit code out.

import { randomBytes } from 'node:crypto';
import type { AgentWritApp, AgentWritOperator } from '@agentwrit/client';
import { type ExampleBroker, openBroker, openOperatedBroker } from './brokers.js';
import { type Check, Checks } from './checks.js';
import { explain } from './explanation.js';
import { note, title } from './show.js';

export interface Example<Claim extends string> {
  readonly title: string;
  /** What the run will have shown in the end, a sentence each, by a short name. */
  readonly claims: Readonly<Record<Claim, string>>;
}

/** What the work of an example has at hand. */
export interface WorkPlace<Claim extends string = string> {
  /** Registered at the broker, allowed the {@link CEILING}. */
  readonly app: AgentWritApp;
  /** For the guard of the API. */
  readonly brokerUrl: string;
  /** Eight digits to tell this run's tasks from those of other runs: what a broker revokes stays revoked. */
  readonly run: string;
  readonly check: Check<Claim>;
}

export interface OperatorWorkPlace<Claim extends string = string> extends WorkPlace<Claim> {
  readonly operator: AgentWritOperator;
  /** What a guard's `createAuditFeed()` asks for. */
  readonly adminSecret: string;
}

/**
 * Runs an example against the broker that the environment names, or an embedded one. The exit code is 1 when
 * a check differs, when one was not reached, or when the work throws.
 */
export function runExample<Claim extends string>(
  example: Example<Claim>,
  work: (place: WorkPlace<Claim>) => Promise<void>,
): Promise<void> {
  return run(example, openBroker, work);
}

/** The same for an example that is the operator as well. */
export function runOperatorExample<Claim extends string>(
  example: Example<Claim>,
  work: (place: OperatorWorkPlace<Claim>) => Promise<void>,
): Promise<void> {
  return run(example, openOperatedBroker, (place, { operator, adminSecret }) =>
    work({ ...place, operator, adminSecret }),
  );
}

async function run<Claim extends string, Broker extends ExampleBroker>(
  example: Example<Claim>,
  open: (env: Readonly<Record<string, string | undefined>>) => Promise<Broker>,
  work: (place: WorkPlace<Claim>, broker: Broker) => Promise<void>,
): Promise<void> {
  const checks = new Checks(example.claims);
  let mistake: string | undefined;
  title(example.title);
  try {
    await using broker = await open(process.env);
    const { url, app, stop } = broker;
    note(`${stop ? 'an embedded' : 'a given'} broker at ${url}`);
    const id = randomBytes(4).toString('hex');
    await work({ app, brokerUrl: url, run: id, check: checks.check }, broker);
  } catch (error) {
    mistake = explain(error);
  }
  // Work that failed before it showed anything has nothing to report but why.
  const isShown =
    mistake === undefined || checks.hasLooked ? checks.summarise().isAllAsItMustBe : false;
  if (mistake !== undefined) console.error(`\n  ${mistake}\n`);
  else console.log(`\n  ${isShown ? 'Everything is as it should be.' : 'Some checks differ.'}\n`);
  if (mistake !== undefined || !isShown) process.exitCode = 1;
}
