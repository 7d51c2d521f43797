// What happens to one request on a connection of undici's in → the broker's answer out.

import type { Dispatcher } from 'undici';
import { AnswerText } from './answer-text.js';
import type { CallSignal } from './call-signal.js';
import type { BrokerAnswer } from './transport.js';

export interface PooledAnswerOptions {
  readonly maxBytes: number;
  /** Of this call alone. With it the connection ends, too: what still came on it would be taken for another's. */
  readonly signal: CallSignal;
  readonly resolve: (answer: BrokerAnswer) => void;
  readonly reject: (error: unknown) => void;
}

type Controller = Dispatcher.DispatchController;
type Headers = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

/** Of our own, because undici's `request` makes a stream of each body, and that is most of what it costs. */
export class PooledAnswer implements Dispatcher.DispatchHandler {
  readonly #options: PooledAnswerOptions;
  #controller: Controller | undefined;
  #status = 0;
  #contentType = '';
  #retryAfter: string | undefined;
  #text: AnswerText | undefined;

  constructor(options: PooledAnswerOptions) {
    this.#options = options;
    const { signal } = options;
    signal.addEventListener('abort', () => this.#giveUp(signal.reason));
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    // Given up while it waited for a connection: it is not sent.
    const { signal } = this.#options;
    if (signal.aborted) this.#giveUp(signal.reason);
  }

  /** Again after an interim answer (RFC 9110 §15.2): the last one counts. */
  onResponseStart(_controller: Controller, status: number, headers: Headers): void {
    this.#status = status;
    this.#contentType = first(headers['content-type']) ?? '';
    this.#retryAfter = first(headers['retry-after']);
    this.#text = new AnswerText(this.#options.maxBytes);
  }

  onResponseData(_controller: Controller, chunk: Uint8Array): void {
    try {
      this.#text?.add(chunk);
    } catch (fault) {
      // The rest of too much is not read.
      this.#giveUp(fault);
    }
  }

  onResponseEnd(): void {
    try {
      this.#options.resolve({
        status: this.#status,
        contentType: this.#contentType,
        retryAfter: this.#retryAfter,
        body: this.#text?.read() ?? '',
      });
    } catch (fault) {
      this.#options.reject(fault);
    }
  }

  onResponseError(_controller: Controller, error: unknown): void {
    this.#options.reject(error);
  }

  #giveUp(fault: unknown): void {
    this.#options.reject(fault);
    this.#controller?.abort(new Error('given up'));
  }
}

function first(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}
