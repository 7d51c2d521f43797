// A forum in → an API in front of it, where each power is one over one user, out.

import { createServer } from 'node:http';
import { listen, type RunningApi } from '@agentwrit/example-setup';
import { type AgentWritOptions, assertGuarded, createAgentWrit, guarded } from '@agentwrit/express';
import express, { type Request } from 'express';
import type { Forum } from './forum.js';

export function startModerationApi(forum: Forum, options: AgentWritOptions): Promise<RunningApi> {
  const { requireScope, close } = createAgentWrit(options);
  const app = express();

  app.get('/posts', requireScope('read:posts:*'), (_req, res) => {
    res.json({ posts: [...forum.posts.values()] });
  });

  app.get('/users/:user', requireScope('read:users:{user}'), (req, res) => {
    const { user } = req.params;
    res.json({ user, isSuspended: forum.suspended.has(user) });
  });

  // What is done to users is asked about every time, so that a dead token does nothing any more.
  app.put(
    '/users/:user/suspension',
    requireScope('write:users:{user}', { maxAge: 0 }),
    guarded((req, res) => {
      forum.suspended.add(req.params.user);
      res.json({ suspended: req.params.user, by: req.agent.id, onBehalfOf: req.agent.delegatedBy });
    }),
  );

  // Which power it takes follows from whose post it is, and that is not for the caller to say.
  const deletionOf = ({ params }: Request<{ post: string }>): string => {
    // That a post is not there is the business of those who may delete any.
    const author = forum.posts.get(params.post)?.author ?? '*';
    return `delete:posts:${author}`;
  };
  app.delete(
    '/posts/:post',
    requireScope(deletionOf, { maxAge: 0 }),
    guarded((req, res) => {
      if (!forum.posts.delete(req.params.post)) {
        res.status(404).json({ error: 'no such post' });
        return;
      }
      res.json({ deleted: req.params.post, by: req.agent.id, onBehalfOf: req.agent.delegatedBy });
    }),
  );

  assertGuarded(app);
  return listen(createServer(app), close);
}
