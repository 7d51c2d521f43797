// Level and target in → a revocation out (protocol §2.9, §6).

import { REVOCATION_LEVELS } from '@agentwrit/protocol';
import { asOperator } from '../connection.js';
import { fields } from '../table.js';
import { EXIT, UsageError, type Verb } from '../verb.js';

export const revoke: Verb = {
  words: ['revoke'],
  about: 'Revoke for good, tokens that are issued later included',
  flags: {
    level: { value: 'LEVEL', about: REVOCATION_LEVELS.join(', '), isRequired: true },
    target: {
      value: 'TARGET',
      about:
        'token: the token id (jti). agent: the agent id.\ntask: the task id. chain: the agent id of the first\ndelegator',
      isRequired: true,
    },
  },
  notes: `The broker does not look the target up: one that is spelt wrong is revoked,
too. What a revoked agent has delegated lives on; level chain ends that.`,
  async run(call) {
    const text = call.flags.given('level');
    const level = REVOCATION_LEVELS.find((known) => known === text);
    if (level === undefined) {
      throw new UsageError(`"--level" must be one of ${REVOCATION_LEVELS.join(', ')}`);
    }
    const options = { level, target: call.flags.given('target'), signal: call.context.signal };
    const { revoked, target, count } = await asOperator(call, (by) => by.revoke(options));
    call.show(
      { revoked, level, target, count },
      fields([
        ['revoked', target],
        ['level', level],
      ]),
    );
    return EXIT.ok;
  },
};
