// One tenant in → its figures extracted, transformed and loaded, by an agent that knows no other tenant.

import type { Agent, AgentWritApp } from '@agentwrit/client';
import { type ApiAnswer, facts, readAnswer, say } from '@agentwrit/example-setup';

export interface Night {
  /** The id of the agent that did it. */
  readonly agentId: string;
  /** What came of extract, transform and load, and of the credential. */
  readonly outcomes: readonly string[];
}

interface Place {
  readonly app: AgentWritApp;
  readonly apiUrl: string;
}

export async function runNight(tenant: string, { app, apiUrl }: Place): Promise<Night> {
  const agent = await createTenantAgent(app, tenant, `etl-${tenant}-${unixSeconds()}`);
  const outcomes: string[] = [];
  try {
    facts({ agent: agent.agentId, scope: agent.scope.join(' ') });
    await workOn(tenant, agent, apiUrl, (outcome) => outcomes.push(outcome));
  } finally {
    await agent.release();
  }
  const end = agent.released ? 'released' : 'not released';
  say(end);
  return { agentId: agent.agentId, outcomes: [...outcomes, end] };
}

/** Stops where the API refuses: half a report is worse than none. */
async function workOn(
  tenant: string,
  agent: Agent,
  apiUrl: string,
  record: (outcome: string) => void,
): Promise<void> {
  const extracted = await readAnswer(agent.fetch(`${apiUrl}/analytics/${tenant}/figures`));
  record(extracted.outcome);
  if (isRefused('extract', extracted)) return;
  const figures = numbers(extracted.body['figures']);
  say(`extract    ${extracted.outcome}  ${figures.length} figures`);

  const compared = await readAnswer(agent.fetch(`${apiUrl}/analytics/${tenant}/baseline`));
  record(compared.outcome);
  if (isRefused('transform', compared)) return;
  const [baseline = Number.NaN] = numbers([compared.body['baseline']]);
  const total = figures.reduce((sum, figure) => sum + figure, 0);
  const change = Math.round((total / baseline - 1) * 1000) / 10;
  say(`transform  ${compared.outcome}  ${total} against ${baseline}`);

  const loaded = await readAnswer(
    agent.fetch(`${apiUrl}/reports/${tenant}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ total, change }),
    }),
  );
  record(loaded.outcome);
  if (isRefused('load', loaded)) return;
  say(`load       ${loaded.outcome}  ${change} %`);
}

/** An agent that may read one tenant's figures and write that tenant's report. */
export function createTenantAgent(
  app: AgentWritApp,
  tenant: string,
  taskId: string,
): Promise<Agent> {
  return app.createAgent({
    orchId: 'nightly-pipeline',
    taskId,
    scope: [`read:analytics:${tenant}`, `write:reports:${tenant}`],
  });
}

function isRefused(stage: string, { status, outcome }: ApiAnswer): boolean {
  if (status !== 200) say(`${stage}: ${outcome}`);
  return status !== 200;
}

function numbers(value: unknown): number[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'number') : [];
}

function unixSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
