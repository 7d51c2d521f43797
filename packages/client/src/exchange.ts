// A call to the broker in → what its 2xx answer says out, or the error to throw.

import type { AccessToken } from './access-token.js';
import { readAnswer } from './answer.js';
import { type Deadline, withDeadline } from './deadline.js';
import { TransportError } from './errors.js';
import { readRefusal } from './refusal.js';
import { retried } from './retry.js';
import {
  type ConnectionOptions,
  Transport,
  type TransportAnswer,
  type TransportRequest,
} from './transport.js';

export interface Cancellable {
  readonly deadline: Deadline;
}

export interface Authorised extends Cancellable {
  readonly bearer: AccessToken;
}

export interface Call extends Cancellable {
  readonly body?: object;
  readonly bearer?: AccessToken;
  /** What of the body must not come back in an error. The bearer token is always among them. */
  readonly secrets?: readonly string[];
  /** Whether the broker may do it twice; true for GET, else false. */
  readonly isSafe?: boolean;
  /** Where answers can be larger than usual. */
  readonly maxAnswerBytes?: number;
  /** Where the broker is known to say more than it means. */
  readonly maxRetryAfterMs?: number;
}

/** The way to one broker, whatever the endpoint. Keeps nothing but connections. */
export class Exchange {
  readonly #transport: Transport;

  /** @throws TypeError naming the option that is wrong or unknown */
  constructor(options: ConnectionOptions) {
    this.#transport = new Transport(options);
  }

  /** Normalised: no trailing slash. */
  get url(): string {
    return this.#transport.brokerUrl;
  }

  /** Does `work`, any number of calls, within the connection's `timeoutMs` and until the signal aborts. */
  within<T>(signal: AbortSignal | undefined, work: (deadline: Deadline) => Promise<T>): Promise<T> {
    const { timeoutMs, brokerUrl } = this.#transport;
    return withDeadline(
      {
        timeoutMs,
        signal,
        expired: () => {
          const cause = new Error(`no complete answer within ${timeoutMs} ms`);
          return new TransportError('timeout', brokerUrl, cause);
        },
      },
      work,
    );
  }

  /** @param read gets the JSON of the answer and when it was asked for */
  async call<T>(
    method: TransportRequest['method'],
    path: string,
    call: Call,
    read: (value: unknown, sentAtMs: number) => T,
  ): Promise<T> {
    let sentAtMs = 0;
    const answer = await this.send(method, path, call, () => {
      sentAtMs = Date.now();
    });
    return readAnswer(path, answer, (value) => read(value, sentAtMs), call.maxAnswerBytes);
  }

  /** For answers without a body. Resolves with 2xx answers only. */
  send(
    method: TransportRequest['method'],
    path: string,
    call: Call,
    onSend: () => void = () => {},
  ): Promise<TransportAnswer> {
    const { body, bearer, secrets = [], deadline, maxAnswerBytes, maxRetryAfterMs } = call;
    const { isSafe = method === 'GET' } = call;
    const credential = bearer?.text;
    const { signal } = deadline;
    return retried(
      async () => {
        onSend();
        const answer = await this.#transport.send({
          method,
          path,
          body,
          bearer: credential,
          maxAnswerBytes,
          signal,
        });
        if (answer.status >= 200 && answer.status <= 299) return answer;
        throw readRefusal(answer, {
          path,
          url: this.url,
          secrets: credential === undefined ? secrets : [...secrets, credential],
        });
      },
      { deadline, isSafe, maxRetryAfterMs },
    );
  }

  /** Lets requests under way finish. */
  close(): Promise<void> {
    return this.#transport.close();
  }

  /** Does not wait for anything. */
  destroy(): Promise<void> {
    return this.#transport.destroy();
  }
}
