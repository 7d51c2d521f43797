// GET /v1/challenge (protocol §2.1)

import type { ChallengeAnswer } from '@agentwrit/protocol';
import { NONCE_LIFETIME_SECONDS } from '../../nonces.js';
import { answer, type Call, type Handler } from '../call.js';

export const challenge: Handler<Call> = (_call, { nonces }) =>
  answer({
    nonce: nonces.issue(),
    expires_in: NONCE_LIFETIME_SECONDS,
  } satisfies ChallengeAnswer);
