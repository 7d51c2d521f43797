// A deployment chain: a release handed from agent to agent, with less each time, and the ends of such a chain.
// `npm run example deployment-chain` at the top of the repository.

import { note, runExample } from '@agentwrit/example-setup';
import { startPlatformApi } from './api.js';
import { CLAIMS } from './claims.js';
import { runPipeline } from './pipeline.js';
import { createPlatform } from './platform.js';

await runExample(
  { title: 'Deployment chain', claims: CLAIMS },
  async ({ app, brokerUrl, check }) => {
    const platform = createPlatform();
    await using api = await startPlatformApi(platform, { broker: brokerUrl, maxAge: 1 });
    note(`the platform API at ${api.url}`);
    const { deployments } = platform;
    await runPipeline('v2.4.1', { app, apiUrl: api.url, deployments, check });
  },
);
