// A token in → the same, given back, out (protocol §2.7).

import { AccessToken } from '../../access-token.js';
import { Broker } from '../../broker.js';
import { connectionOf } from '../connection.js';
import { readToken, TOKEN_FLAG } from '../token-text.js';
import { EXIT, type Verb } from '../verb.js';

export const tokenRelease: Verb = {
  words: ['token', 'release'],
  about: 'Give a token back: it is dead at once',
  flags: TOKEN_FLAG,
  notes: 'Needs no admin secret. The broker refuses a token that is dead already.',
  async run(call) {
    const connection = connectionOf(call);
    const token = await readToken(call);
    const broker = new Broker(connection);
    try {
      await broker.within(call.context.signal, (deadline) => {
        // Only its text is used: how long it lives is not known here.
        const bearer = new AccessToken({ access_token: token, expires_in: 0 }, call.context.now());
        return broker.release({ bearer, deadline });
      });
    } finally {
      await broker.destroy();
    }
    call.show({ released: true }, ['released']);
    return EXIT.ok;
  },
};
