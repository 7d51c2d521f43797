// The bytes of a request in → status and body of its answer out, over one connection that is kept. As little work
// as HTTP/1.1 allows: the load must be cheaper than the server.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type AnswerEnd, answerEnd } from './answer-end.js';

/** Called with each answer. The bytes are only good until it returns. */
export type Answered = (status: number, bytes: Buffer, bodyAt: number) => void;

const STATUS_AT = 'HTTP/1.1 '.length;

export class Connection {
  readonly #socket: Socket;
  #answered: Answered | undefined;
  #fail: ((error: Error) => void) | undefined;
  #received: Buffer | undefined;
  #broken: Error | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => this.#receive(bytes));
    socket.on('error', (error) => this.#break(error));
    socket.on('close', () => this.#break(new Error('the server closed a connection')));
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Connection(socket);
  }

  /** One request at a time. `fail` is called instead when there is no whole answer. */
  send(request: Buffer, answered: Answered, fail: (error: Error) => void): void {
    if (this.#broken) {
      fail(this.#broken);
      return;
    }
    this.#answered = answered;
    this.#fail = fail;
    this.#socket.write(request);
  }

  /** A request that is under way fails. */
  close(): void {
    this.#break(new Error('the connection was closed'));
  }

  #receive(bytes: Buffer): void {
    const received = this.#received === undefined ? bytes : Buffer.concat([this.#received, bytes]);
    let answer: AnswerEnd | undefined;
    try {
      answer = answerEnd(received);
    } catch (error) {
      this.#break(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    if (answer?.end === undefined || answer.end > received.length) {
      this.#received = received;
      return;
    }
    const { head, bodyAt, end } = answer;
    const answered = this.#answered;
    if (end < received.length || answered === undefined) {
      this.#break(new Error('the server sent more than it was asked for'));
      return;
    }
    this.#received = undefined;
    this.#answered = undefined;
    answered(Number(head.slice(STATUS_AT, STATUS_AT + 3)), received, bodyAt);
  }

  #break(error: Error): void {
    this.#broken ??= error;
    this.#fail?.(error);
    this.#fail = undefined;
    this.#socket.destroy();
  }
}

/** `GET /data/7`, as a small HTTP client sends it. */
export function requestBytes(token: string | undefined): Buffer {
  const credentials = token === undefined ? '' : `Authorization: Bearer ${token}\r\n`;
  return Buffer.from(
    `GET /data/7 HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\nAccept: application/json\r\n${credentials}\r\n`,
  );
}
