// Ports and tokens in → requests over many connections, and what came of them, out. A process of its own, so that the
// servers' processor time is theirs alone.

import { forge, garbage } from '../bad-tokens.js';
import { closedLoop, stayAwake } from '../load/closed-loop.js';
import { Connection, requestBytes } from '../load/connection.js';
import { type Pace, paced } from '../load/paced.js';
import type { Tally } from '../load/tally.js';
import { answerCalls } from './calls.js';

export interface Exchange {
  readonly status: number;
  readonly body: string;
}

/** Where requests go, and which. */
export interface Aim {
  readonly target: number;
  /** The name of tokens that were given before. */
  readonly tokens: string;
}

export interface LoadCalls {
  /** Connects; resolves to the number of the target. */
  readonly open: (to: { readonly port: number; readonly connections: number }) => Promise<number>;
  readonly close: (target: number) => void;
  /** Keeps tokens under a name, as requests that are ready to be sent. `null` is a request without. */
  readonly keep: (given: {
    readonly name: string;
    readonly tokens: readonly (string | null)[];
  }) => void;
  /** The same, with as many that nobody vouches for: forgeries of a token, or without one random text. */
  readonly keepBad: (given: {
    readonly name: string;
    readonly count: number;
    readonly like: string | null;
  }) => void;
  /** One request with each of the tokens; their answers, in order. */
  readonly ask: (aim: Aim) => Promise<readonly Exchange[]>;
  /** All connections at once, as fast as they are answered; `awake`, without ever falling asleep. */
  readonly run: (aim: Aim & { readonly ms: number; readonly awake?: boolean }) => Promise<Tally>;
  /** Each of the tokens once, as many at a time as there are connections. */
  readonly once: (aim: Aim) => Promise<Tally>;
  readonly pace: (aim: Aim & Pace) => Promise<Tally>;
  /** Processor time of this process, microseconds. */
  readonly cpuMicros: () => number;
}

export interface LoadProgram {
  readonly calls: LoadCalls;
  readonly ready: null;
}

// Fewer than a server lets wait to be accepted.
const AT_ONCE = 100;

const targets: (readonly Connection[])[] = [];
const requests = new Map<string, readonly Buffer[]>();

function aimAt({ target, tokens }: Aim): {
  readonly connections: readonly Connection[];
  readonly bytes: readonly Buffer[];
} {
  const connections = targets[target];
  const bytes = requests.get(tokens);
  if (connections === undefined || bytes === undefined) throw new Error('nothing to aim at');
  return { connections, bytes };
}

function exchange(connection: Connection, request: Buffer): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    connection.send(
      request,
      (status, bytes, bodyAt) => resolve({ status, body: bytes.toString('utf8', bodyAt) }),
      reject,
    );
  });
}

const calls: LoadCalls = {
  async open({ port, connections }) {
    const opened: Connection[] = [];
    while (opened.length < connections) {
      const some = Math.min(AT_ONCE, connections - opened.length);
      const more = Array.from({ length: some }, () => Connection.open(port));
      opened.push(...(await Promise.all(more)));
    }
    return targets.push(opened) - 1;
  },
  close(target) {
    for (const connection of targets[target] ?? []) connection.close();
  },
  keep({ name, tokens }) {
    requests.set(
      name,
      tokens.map((token) => requestBytes(token ?? undefined)),
    );
  },
  keepBad({ name, count, like }) {
    const bad = Array.from({ length: count }, () => (like === null ? garbage() : forge(like)));
    requests.set(name, bad.map(requestBytes));
  },
  async ask(aim) {
    const { connections, bytes } = aimAt(aim);
    const answers: Exchange[] = [];
    await Promise.all(
      connections.map(async (connection, first) => {
        for (let index = first; index < bytes.length; index += connections.length) {
          answers[index] = await exchange(connection, bytes[index] ?? Buffer.alloc(0));
        }
      }),
    );
    return answers;
  },
  async run({ ms, awake = false, ...aim }) {
    const { connections, bytes } = aimAt(aim);
    const endsAt = performance.now() + ms;
    const sleepAgain = awake ? stayAwake() : undefined;
    try {
      return await closedLoop(connections, bytes, (_sent, now) => now >= endsAt);
    } finally {
      sleepAgain?.();
    }
  },
  once(aim) {
    const { connections, bytes } = aimAt(aim);
    return closedLoop(connections, bytes, (sent) => sent >= bytes.length);
  },
  pace({ rate, ms, ...aim }) {
    const { connections, bytes } = aimAt(aim);
    return paced(connections, bytes, { rate, ms });
  },
  cpuMicros() {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
};
answerCalls(calls);
