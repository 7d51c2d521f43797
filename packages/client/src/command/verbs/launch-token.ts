// Flags in → a launch token for an agent that registers itself out (protocol §2.12).

import { formatTimestampSeconds } from '@agentwrit/protocol';
import { asOperator } from '../connection.js';
import { fields } from '../table.js';
import { EXIT, type Verb } from '../verb.js';

export const launchTokenCreate: Verb = {
  words: ['launch-token', 'create'],
  about: 'Create a launch token and print it, once',
  flags: {
    name: { value: 'AGENT_NAME', about: 'what the audit log calls the agent', isRequired: true },
    scopes: { value: 'A,B', about: 'the most its agent can ask for', isRequired: true },
    'max-ttl': { value: 'SECONDS', about: "the life of the agent's tokens; 300 by default" },
    ttl: { value: 'SECONDS', about: 'the life of the launch token; 30 by default' },
    reusable: { about: 'for any number of agents instead of one' },
  },
  async run(call) {
    const { flags } = call;
    const options = {
      agentName: flags.given('name'),
      scope: flags.list('scopes') ?? [],
      maxTtl: flags.whole('max-ttl'),
      ttl: flags.whole('ttl'),
      singleUse: !flags.has('reusable'),
      signal: call.context.signal,
    };
    const { launchToken, expiresAt, scope, maxTtl } = await asOperator(call, (by) =>
      by.issueLaunchToken(options),
    );
    const expires = formatTimestampSeconds(expiresAt.getTime());
    call.show(
      {
        launch_token: launchToken,
        expires_at: expires,
        policy: { allowed_scope: scope, max_ttl: maxTtl },
      },
      fields([
        ['launch token', launchToken],
        ['expires', expires],
        ['good for', options.singleUse ? 'one agent' : 'any number of agents'],
        ['scopes', scope.join(', ')],
        ['max ttl', `${maxTtl} s`],
      ]),
    );
    return EXIT.ok;
  },
};
