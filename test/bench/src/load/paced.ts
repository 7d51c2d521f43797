// Connections, requests and a rate in → a tally of what came back out. What is due while all connections are busy waits
// for one, and its wait counts: a slow server cannot make its own load lighter.

import type { Connection } from './connection.js';
import { type Tally, Tallying } from './tally.js';

export interface Pace {
  /** Requests per second. */
  readonly rate: number;
  readonly ms: number;
}

// Requests become due in small bunches: timers are no finer than this.
const TICK_MS = 1;

export function paced(
  connections: readonly Connection[],
  requests: readonly Buffer[],
  { rate, ms }: Pace,
): Promise<Tally> {
  const tallying = new Tallying();
  const startedAt = performance.now();
  const total = Math.floor((rate * ms) / 1000);
  const idle = [...connections];
  let sent = 0;
  let answered = 0;
  return new Promise((resolve, reject) => {
    const pump = (): void => {
      const now = performance.now();
      while (sent < total && startedAt + (sent / rate) * 1000 <= now) {
        const connection = idle.pop();
        const request = requests[sent % requests.length];
        if (connection === undefined || request === undefined) return;
        const dueAt = startedAt + (sent / rate) * 1000;
        sent += 1;
        connection.send(
          request,
          (status) => {
            tallying.count(status, performance.now() - dueAt);
            answered += 1;
            idle.push(connection);
            if (answered === total) finish();
            else pump();
          },
          (error) => {
            clearInterval(timer);
            reject(error);
          },
        );
      }
    };
    const timer = setInterval(pump, TICK_MS);
    const finish = (): void => {
      clearInterval(timer);
      resolve(tallying.tally());
    };
  });
}
