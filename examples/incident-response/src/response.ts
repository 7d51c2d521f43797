// An incident in → authority ended at four levels, one after the other, and what became of it everywhere, out.

import type { Agent, AgentWritApp } from '@agentwrit/client';
import { title } from '@agentwrit/example-setup';
import type { CheckClaim } from './claims.js';
import type { IncidentCommand, Revocation } from './incident-command.js';
import { namesOf, thoseAlive, type Watch, type Worker } from './watch.js';

export interface Incident {
  readonly app: AgentWritApp;
  readonly command: IncidentCommand;
  readonly watch: Watch;
  readonly check: CheckClaim;
  /** What was revoked stays revoked: tasks of an earlier run are dead for good. */
  readonly run: string;
}

export async function respond(incident: Incident): Promise<void> {
  const { app, watch, check, run } = incident;
  const start = (taskId: string, ...scope: readonly string[]): Promise<Agent> =>
    app.createAgent({ orchId: 'incident-response', taskId, scope });

  title('0. Four agents at work');
  const taskId = `incident-demo-${run}`;
  await using reader = await start(taskId, 'read:data:partition-1');
  await using writer = await start(taskId, 'write:data:partition-1');
  await using analyzer = await start(taskId, 'read:data:partition-2');
  await using archiver = await start(`other-task-${run}`, 'write:data:partition-3');
  const team: readonly Worker[] = [
    { name: 'reader', credential: reader, method: 'GET', partition: 1 },
    { name: 'writer', credential: writer, method: 'PUT', partition: 1 },
    { name: 'analyzer', credential: analyzer, method: 'GET', partition: 2 },
    { name: 'archiver', credential: archiver, method: 'PUT', partition: 3 },
  ];
  await beginWith(team, incident);

  title("1. Level token: the reader's token, and nothing else");
  const tokenId = await tokenIdOf(reader, app);
  await end({ level: 'token', target: tokenId }, team, 'writer, analyzer, archiver', incident);

  title('2. Level agent: whatever the writer holds');
  await end({ level: 'agent', target: writer.agentId }, team, 'analyzer, archiver', incident);

  title('3. Level task: all agents at work on it');
  await end({ level: 'task', target: taskId }, team, 'archiver', incident);

  title('4. Level chain: what the root handed on');
  const chainTaskId = `chain-demo-${run}`;
  await using root = await start(chainTaskId, 'read:data:*', 'write:data:*');
  await using child = await start(chainTaskId, 'read:data:*');
  await using handedOn = await root.delegate({ to: child, scope: ['read:data:partition-1'] });
  const chain: readonly Worker[] = [
    { name: 'root', credential: root, method: 'GET', partition: 1 },
    { name: 'child', credential: child, method: 'GET', partition: 1 },
    { name: 'handed on', credential: handedOn, method: 'GET', partition: 1 },
  ];
  await beginWith(chain, incident);
  await end({ level: 'chain', target: root.agentId }, chain, 'root, child', incident);

  title('5. Archiver and child have finished, and give their tokens back');
  await archiver.release();
  await child.release();
  const finished = [...team, ...chain].filter(
    ({ credential }) => credential === archiver || credential === child,
  );
  const seen = await watch.look(finished);
  check('released', thoseAlive(seen, 'broker'), 'nobody');
  check('released', thoseAlive(seen, 'listening'), 'nobody');
  check('unheard', thoseAlive(seen, 'told'), 'archiver, child');
}

/** All alive, and each API knows them by heart: whatever it refuses later, it refuses in spite of that. */
async function beginWith(workers: readonly Worker[], { watch, check }: Incident): Promise<void> {
  await watch.warmUp(workers);
  const seen = await watch.look(workers);
  check('warm', thoseAlive(seen, 'broker'), namesOf(workers));
  const cells = seen.flatMap(({ told, listening, unaware }) => [told, listening, unaware]);
  check('warm', [...new Set(cells)], ['200 cache']);
}

async function end(
  revocation: Revocation,
  workers: readonly Worker[],
  alive: string,
  { command, watch, check }: Incident,
): Promise<void> {
  await command.revoke(revocation);
  const seen = await watch.look(workers);
  check(revocation.level, thoseAlive(seen, 'broker'), alive);
  check('told', thoseAlive(seen, 'told'), alive);
  check('listening', thoseAlive(seen, 'listening'), alive);
  // The dead among them too, and on no other grounds than its memory.
  check(
    'unaware',
    namesOf(seen.filter(({ unaware }) => unaware === '200 cache')),
    namesOf(workers),
  );
}

/** The broker's word on it: a token id is not the agent's to say. */
async function tokenIdOf(agent: Agent, app: AgentWritApp): Promise<string> {
  const verdict = await app.validate(agent.accessToken);
  if (!verdict.valid) throw new Error('the token to be revoked is dead already');
  return verdict.claims.jti;
}
