// For tests of the audit feed: a time that passes at a word, an audit log that can be tampered with, and a
// sink that writes down what it is told.

import { createHash } from 'node:crypto';
import type { AuditEvent } from '@agentwrit/protocol';
import type { PollTime } from '../src/audit-tail.js';
import type { InProcessBroker, Moment, Revocation, RevocationSink } from '../src/index.js';
import { Deferred, json } from './fixtures.js';

export const SECRET = 'hush-hush-admin-secret';

/** Polls one after the other, as the test says. */
export class PollClock implements PollTime {
  /** How long each wait was asked to be. */
  readonly waits: number[] = [];
  #now = 0;
  #idle = new Deferred<void>();
  #wake: () => void = () => undefined;

  readonly monotonic = (): number => this.#now;

  readonly sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      this.waits.push(ms);
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
      this.#wake = () => {
        this.#now += ms;
        resolve();
      };
      this.#idle.resolve();
    });

  /** Until the poll that runs is over. */
  idle(): Promise<void> {
    return this.#idle.promise;
  }

  /** The wait passes, and one poll. */
  async poll(): Promise<void> {
    await this.idle();
    this.#idle = new Deferred();
    this.#wake();
    await this.idle();
  }

  advance(ms: number): void {
    this.#now += ms;
  }
}

export type LogEntry = Partial<AuditEvent>;

/** A broker that has nothing but an audit log. */
export class ScriptedLog implements InProcessBroker {
  events: AuditEvent[] = [];
  readonly requests: string[] = [];
  /** Log-ins and pages, while it is set. */
  answer: ((request: Request, page: Page) => Response | Promise<Response> | undefined) | undefined;
  #logIns = 0;

  constructor(entries: readonly LogEntry[] = [{ event_type: 'admin_auth' }]) {
    this.append(...entries);
  }

  append(...entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      const prev_hash = this.events.at(-1)?.hash ?? '0'.repeat(64);
      const id = `evt-${String(this.events.length + 1).padStart(6, '0')}`;
      const event = {
        id,
        timestamp: '2026-02-15T12:00:00Z',
        event_type: 'token_issued',
        agent_id: 'spiffe://a',
        task_id: undefined,
        orch_id: undefined,
        detail: '',
        outcome: 'success',
        ...entry,
      };
      this.events.push({
        ...event,
        prev_hash,
        hash: hashOf(`${prev_hash}${JSON.stringify(event)}`),
      });
    }
  }

  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const offset = Number(searchParams.get('offset'));
    const limit = Number(searchParams.get('limit'));
    this.requests.push(
      pathname === '/v1/admin/auth' ? 'log-in' : `${offset}+${limit} as ${tokenIn(request)}`,
    );
    const page = {
      events: this.events.slice(offset, offset + Math.min(limit, 1000)),
      total: this.events.length,
      offset,
      limit,
    };
    const answer = await this.answer?.(request, page);
    if (answer !== undefined) return answer;
    if (pathname !== '/v1/admin/auth') return json(page);
    this.#logIns += 1;
    return json({
      access_token: `admin-token-${this.#logIns}`,
      expires_in: 300,
      token_type: 'Bearer',
    });
  }
}

export interface Page {
  readonly events: readonly AuditEvent[];
  readonly total: number;
  readonly offset: number;
  readonly limit: number;
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function tokenIn(request: Request): string {
  return request.headers.get('authorization')?.replace('Bearer ', '') ?? 'nobody';
}

/** Writes down what a feed tells. */
export class RecordingSink implements RevocationSink {
  readonly told: (Revocation | string)[] = [];
  #order = 0;
  readonly moment = (): Moment => ({ order: (this.#order += 1), at: 0, wall: 0 });
  readonly revoked = (revocation: Revocation): void => void this.told.push(revocation);
  readonly synced = ({ order }: Moment): void => void this.told.push(`synced ${order}`);
  readonly lost = (reason: string): void => void this.told.push(`lost: ${reason}`);

  /** What was told since the last time. */
  take(): (Revocation | string)[] {
    return this.told.splice(0);
  }
}
