// A broker and an API in → an auditor's report on tokens, on errors and on texts that are no tokens out.
// `npm run example compliance-scanner` at the top of the repository.

import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentWritApp } from '@agentwrit/client';
import { facts, note, runExample, say, title } from '@agentwrit/example-setup';
import { startResourcesApi } from './api.js';
import { CLAIMS, type Scan } from './claims.js';
import { provokeBroker, provokeClient } from './error-scan.js';
import { probeWithGarbage } from './garbage-scan.js';
import { closeScan, compareWithPolicy, read, scanTokens } from './token-scan.js';

const WAIT_SECONDS = 7;

await runExample(
  { title: 'Compliance scanner', claims: CLAIMS },
  async ({ app, brokerUrl, check }) => {
    // A report on what a sick broker says would be worth nothing.
    if (!(await isBrokerWell(app, check))) return;

    // An auditor wants to know how things are now: the API asks the broker about every request.
    await using api = await startResourcesApi({ broker: brokerUrl, maxAge: 0 });
    const scan: Scan = { app, apiUrl: api.url, check };

    title('2. Three tokens, one in each state');
    const orchId = 'audit-scan';
    await using active = await app.createAgent({
      orchId,
      taskId: 'active-agent-test',
      scope: ['read:data:resource-alpha', 'write:data:resource-alpha'],
    });
    await using released = await app.createAgent({
      orchId,
      taskId: 'released-agent-test',
      scope: ['read:data:resource-beta'],
    });
    await released.release();
    await using expiring = await app.createAgent({
      orchId,
      taskId: 'expiring-agent-test',
      scope: ['read:data:resource-gamma'],
      maxTtl: 5,
    });
    const tokens = [
      { name: 'active', agent: active, resource: 'alpha' },
      { name: 'released', agent: released, resource: 'beta' },
      { name: 'expiring', agent: expiring, resource: 'gamma' },
    ] as const;
    for (const { name, agent, resource } of tokens) {
      const outcome = await read(resource, agent, scan);
      say(`${name.padEnd(8)}  ${agent.agentId}  ${outcome}`);
      check('scanned', outcome, name === 'released' ? '401 invalid_token' : '200');
    }
    note(`the last one lives for ${expiring.expiresIn} s; ${WAIT_SECONDS} s pass`);
    await sleep(WAIT_SECONDS * 1000);

    await scanTokens(tokens, scan);
    await compareWithPolicy(active, scan);
    await provokeBroker({ active, released }, scan);
    await provokeClient({ active, released }, scan);
    await probeWithGarbage(scan);
    await closeScan(active, scan);
  },
);

async function isBrokerWell(app: AgentWritApp, check: Scan['check']): Promise<boolean> {
  title('1. The broker');
  const { status, version, uptime, dbConnected, auditEventsCount } = await app.health();
  facts({
    status,
    version,
    uptime: `${uptime} s`,
    database: dbConnected ? 'connected' : 'not connected',
    'audit events': String(auditEventsCount),
  });
  check('health', status, 'ok');
  return status === 'ok';
}
