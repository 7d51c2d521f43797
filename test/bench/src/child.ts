// The name of a program of this folder in → a process that answers calls out. It ends with the process that started it.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Reply } from './programs/calls.js';

/** What a program of this folder says of itself. */
export interface Program {
  /** Functions of one argument, which goes over as JSON, as does what they resolve to. */
  readonly calls: object;
  /** What it tells when it is ready. */
  readonly ready: unknown;
}

export interface Child<Calls> {
  readonly call: <Name extends keyof Calls>(
    name: Name,
    ...argument: ArgumentOf<Calls[Name]>
  ) => Promise<ResultOf<Calls[Name]>>;
  readonly stop: () => Promise<void>;
}

type ArgumentOf<Call> = Call extends (...args: infer Args) => unknown ? Args : never;
type ResultOf<Call> = Call extends (...args: never[]) => infer Result ? Awaited<Result> : never;

export interface ChildOptions {
  /** Of Node, before the program. */
  readonly execArgv?: readonly string[];
}

/**
 * Resolves as soon as the program says that it is ready, with what it says then.
 *
 * @param argument goes over as JSON
 * @throws Error with what the program wrote to stderr when it ends without
 */
export async function startChild<Started extends Program>(
  program: string,
  argument: unknown,
  { execArgv = [] }: ChildOptions = {},
): Promise<{ readonly child: Child<Started['calls']>; readonly ready: Started['ready'] }> {
  // What is said to this Node (a test runner's loader, say) is not meant for the program.
  const { NODE_OPTIONS: _, ...env } = process.env;
  // Built code, also when this file is run from source.
  const path = fileURLToPath(new URL(`../dist/programs/${program}.js`, import.meta.url));
  const forked = fork(path, [JSON.stringify(argument)], {
    env: { ...env, NODE_ENV: 'production', NO_COLOR: '1' },
    execArgv: [...execArgv],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let complaint = '';
  forked.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  // Not its event `close`: there is none when it was this side that disconnected.
  const ended = Promise.all([
    once(forked, 'exit'),
    forked.stderr === null ? undefined : once(forked.stderr, 'close'),
  ]);

  const waiting = new Map<number, (reply: Reply) => void>();
  let lastId = 0;
  const replyTo = (id: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      waiting.set(id, (reply) => {
        if ('error' in reply) reject(new Error(`${program}: ${reply.error}`));
        else resolve(reply.value);
      });
    });
  const ready = replyTo(0);
  forked.on('message', (message) => {
    const reply = message as Reply;
    waiting.get(reply.id)?.(reply);
    waiting.delete(reply.id);
  });
  void ended.then(() => {
    for (const [id, tell] of waiting) tell({ id, error: `it ended. ${complaint}` });
    waiting.clear();
  });

  const child: Child<Started['calls']> = {
    call(name, ...[value]) {
      lastId += 1;
      const reply = replyTo(lastId);
      forked.send({ id: lastId, name, argument: value });
      // Both ends are compiled from the one type.
      return reply as Promise<never>;
    },
    async stop() {
      if (forked.connected) forked.disconnect();
      await ended;
    },
  };
  return { child, ready: (await ready) as Started['ready'] };
}
