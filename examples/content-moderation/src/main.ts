// Content moderation: powers handed on, taken over as text, used on one user, and given back.
// `npm run example content-moderation` at the top of the repository.

import { note, runExample } from '@agentwrit/example-setup';
import { startModerationApi } from './api.js';
import { CLAIMS } from './claims.js';
import { createForum } from './forum.js';
import { workShift } from './shift.js';

await runExample(
  { title: 'Content moderation', claims: CLAIMS },
  async ({ app, brokerUrl, check }) => {
    await using api = await startModerationApi(createForum(), { broker: brokerUrl, maxAge: 1 });
    note(`the moderation API at ${api.url}`);
    await workShift({ app, apiUrl: api.url, check });
  },
);
