// Three holders of ever less in → what each of them reaches at the API out.

import type { Agent, DelegatedToken } from '@agentwrit/client';
import { readAnswer, say, title } from '@agentwrit/example-setup';
import type { WorkPlace } from './claims.js';

export interface Hops {
  readonly orchestrator: Agent;
  /** What the orchestrator has handed to the analyst. */
  readonly review: DelegatedToken;
  /** What the analyst has handed to the deployer. */
  readonly push: DelegatedToken;
}

/** One call of the API, and the scope it takes. */
interface Call {
  readonly what: string;
  readonly needs: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
}

const readConfig = (environment: string): Call => ({
  what: `read the config of ${environment}`,
  needs: `read:config:${environment}`,
  method: 'GET',
  path: `/config/${environment}`,
});

const look = (service: string): Call => ({
  what: `look at ${service}`,
  needs: `read:deploy:${service}`,
  method: 'GET',
  path: `/services/${service}`,
});

export const release = (service: string, version: string): Call => ({
  what: `release ${service} ${version}`,
  needs: `write:deploy:${service}`,
  method: 'POST',
  path: `/services/${service}/releases/${version}`,
});

/** Each of them tries what is its business, and what is not. */
export async function releaseByChain(
  version: string,
  { orchestrator, review, push }: Hops,
  place: WorkPlace,
): Promise<void> {
  title('The orchestrator at the API, with its own token');
  await expectOf('orchestrator', orchestrator, place, {
    allowed: [readConfig('staging'), release('payment-svc', version)],
    refused: [],
  });
  title('The analyst, with what the first hop left');
  await expectOf('analyst', review, place, {
    allowed: [readConfig('production'), look('web-service')],
    refused: [readConfig('staging'), release('payment-svc', version)],
  });
  title('The deployer, with what the second hop left');
  await expectOf('deployer', push, place, {
    allowed: [release('web-service', version)],
    refused: [readConfig('production'), look('web-service'), release('payment-svc', version)],
  });

  const record = place.deployments.at(-1);
  const { service = '(nothing)', by = '(nobody)', onBehalfOf = [] } = record ?? {};
  say(`on record: ${service} by ${by}`);
  for (const agent of onBehalfOf) say(`on behalf of ${agent}`);
  place.check(
    'onBehalf',
    [service, by, ...onBehalfOf],
    ['web-service', push.agentId, orchestrator.agentId, review.agentId],
  );
}

/** @returns what the API answered, on one line */
export async function attempt(
  { what, method, path }: Call,
  holder: Agent | DelegatedToken,
  { apiUrl }: WorkPlace,
): Promise<string> {
  const { outcome } = await readAnswer(holder.fetch(`${apiUrl}${path}`, { method }));
  say(`${what}: ${outcome}`);
  return outcome;
}

async function expectOf(
  claim: 'orchestrator' | 'analyst' | 'deployer',
  holder: Agent | DelegatedToken,
  place: WorkPlace,
  calls: { readonly allowed: readonly Call[]; readonly refused: readonly Call[] },
): Promise<void> {
  for (const call of calls.allowed) {
    place.check(claim, await attempt(call, holder, place), '200');
  }
  for (const call of calls.refused) {
    const refusal = `403 needs ${call.needs}, holds ${holder.scope.join(' ')}`;
    place.check(claim, await attempt(call, holder, place), refusal);
  }
}
