// A night of three tenants, an agent for each, and the proof that none of them reaches another's data.
// `npm run example multi-tenant-pipeline` at the top of the repository.

import { note, runExample, title } from '@agentwrit/example-setup';
import { startAnalyticsApi } from './api.js';
import { tryOtherTenants } from './isolation.js';
import { createTenantAgent, runNight } from './pipeline.js';
import { createWarehouse } from './warehouse.js';

const TENANTS = {
  hospital: 'Metro Health System',
  bank: 'First National Bank',
  retail: 'ShopWave Corp',
} as const;

const CLAIMS = {
  hospital: 'the hospital: extracted, transformed, loaded, and the credential given back',
  bank: 'the bank: the same',
  retail: 'the retailer: the same',
  agents: 'the three reports are by three agents, one for each tenant',
  foreignRead: "the hospital's agent does not read the bank's figures",
  foreignWrite: "nor write the retailer's report",
  unharmed: 'which is as its own agent left it',
  ownRead: 'while its own figures stay open to it',
} as const;

await runExample(
  { title: 'Multi-tenant pipeline', claims: CLAIMS },
  async ({ app, brokerUrl, check }) => {
    const warehouse = createWarehouse();
    await using api = await startAnalyticsApi(warehouse, { broker: brokerUrl, maxAge: 1 });
    note(`the analytics API at ${api.url}`);

    const agents = new Set<string>();
    for (const tenant of ['hospital', 'bank', 'retail'] as const) {
      title(`${TENANTS[tenant]} (${tenant})`);
      const { agentId, outcomes } = await runNight(tenant, { app, apiUrl: api.url });
      check(tenant, outcomes, ['200', '200', '200', 'released']);
      if (warehouse.reports.get(tenant)?.loadedBy === agentId) agents.add(agentId);
    }
    check('agents', agents.size, 3);

    title("The hospital's agent among the other tenants");
    await using agent = await createTenantAgent(app, 'hospital', 'cross-tenant-test');
    const seen = await tryOtherTenants(agent, api.url);
    const held = 'read:analytics:hospital write:reports:hospital';
    check('foreignRead', seen.foreignRead, `403 needs read:analytics:bank, holds ${held}`);
    check('foreignWrite', seen.foreignWrite, `403 needs write:reports:retail, holds ${held}`);
    check('unharmed', `${warehouse.reports.get('retail')?.change} %`, '25 %');
    check('ownRead', seen.ownRead, '200');
  },
);
