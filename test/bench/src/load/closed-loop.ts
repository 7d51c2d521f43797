// Connections and requests in → a tally of what came back out: each connection sends its next request when the last
// one is answered, and all answers are in when it is over.

import type { Connection } from './connection.js';
import { type Tally, Tallying } from './tally.js';

/**
 * Keeps this process from falling asleep until it is told to stop. To wake a process costs whoever writes to it some
 * microseconds: a server would pay more for each answer the slower it is, as its load has more time to fall asleep.
 */
export function stayAwake(): () => void {
  let isOver = false;
  const again = (): void => {
    if (!isOver) setImmediate(again);
  };
  again();
  return () => {
    isOver = true;
  };
}

/**
 * @param requests sent in turn, over whichever connection is free, from the first
 * @param isOver asked before each request
 */
export function closedLoop(
  connections: readonly Connection[],
  requests: readonly Buffer[],
  isOver: (sent: number, now: number) => boolean,
): Promise<Tally> {
  const tallying = new Tallying();
  let sent = 0;
  let running = 0;
  return new Promise((resolve, reject) => {
    const next = (connection: Connection): void => {
      const sentAt = performance.now();
      const request = requests[sent % requests.length];
      if (request === undefined || isOver(sent, sentAt)) {
        if (running === 0) resolve(tallying.tally());
        return;
      }
      sent += 1;
      running += 1;
      connection.send(
        request,
        (status) => {
          running -= 1;
          tallying.count(status, performance.now() - sentAt);
          next(connection);
        },
        reject,
      );
    };
    for (const connection of connections) next(connection);
  });
}
