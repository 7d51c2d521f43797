// An audit log that a test writes → what a broker answers about it (protocol §7.4).

import type { AuditEvent, AuditPage } from '@agentwrit/protocol';
import type { AuditQuery } from '../../src/operator/admin-broker.js';
import { type Answer, json } from '../fake-broker.js';

export class ScriptedLog {
  events: AuditEvent[] = [];
  /** How many events it gives at once at most. */
  pageEvents = 1000;
  /** What happens at the broker just before it answers. */
  onLook: (query: AuditQuery) => void | Promise<void> = () => {};
  readonly looks: AuditQuery[] = [];
  #era = 0;

  /** An event of each of these types. */
  append(...types: readonly string[]): void {
    for (const type of types) {
      const number = this.events.length + 1;
      const hash = (of: number): string => `${this.#era}f${of}`.padStart(64, '0');
      this.events.push({
        id: `evt-${String(number).padStart(6, '0')}`,
        timestamp: '2026-02-15T12:00:00Z',
        event_type: type,
        agent_id: undefined,
        task_id: undefined,
        orch_id: undefined,
        detail: `number ${number}`,
        outcome: 'success',
        hash: hash(number),
        prev_hash: number === 1 ? '0'.repeat(64) : hash(number - 1),
      });
    }
  }

  /** As after a restart with a fresh database: same ids, other events. */
  startAnew(): void {
    this.#era += 1;
    this.events = [];
  }

  readonly page = async (query: AuditQuery): Promise<AuditPage> => {
    this.looks.push(query);
    await this.onLook(query);
    const { filter, offset, limit } = query;
    const matches = this.events.filter(
      ({ event_type: type }) => filter.event_type === undefined || filter.event_type === type,
    );
    const events = matches.slice(offset, offset + Math.min(limit, this.pageEvents));
    return { events, total: matches.length, offset, limit };
  };

  /** The same over HTTP. */
  readonly answer: Answer = async (response, seen) => {
    const { searchParams } = new URL(seen.route.replace('GET ', ''), 'http://localhost');
    const type = searchParams.get('event_type');
    const page = await this.page({
      filter: type === null ? {} : { event_type: type },
      offset: Number(searchParams.get('offset')),
      limit: Number(searchParams.get('limit')),
    });
    await json(200, page)(response, seen);
  };
}

/** All that comes of it. */
export async function collect<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of iterable) items.push(item);
  return items;
}
