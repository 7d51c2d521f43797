// A guard amid a clock, a broker and a feed that do only what they are told in → a record of what happened, in
// order, out.

import type { Guard, GuardOptions, GuardStats, Revocation, RouteCheck } from '../../src/index.js';
import { requestWith, START_MS } from '../fixtures.js';
import { answerAbout, FAILURE, NONSENSE } from './answers.js';
import { ends, TOKENS } from './cast.js';
import type { Call, FaultKind, Instant, WorldRecord, WorldSettings } from './record.js';
import { ScriptedFeed } from './scripted-feed.js';
import { quiet, WorldClock } from './world-clock.js';

export type CreateGuard = (options: GuardOptions) => Guard;

// When the guard leaves the broker alone, and for how long at most.
const FAULTS_IN_A_ROW = 5;
const LONGEST_PAUSE_MS = 5000;

export class ScriptedWorld {
  readonly record: WorldRecord;
  readonly clock = new WorldClock();
  readonly #guard: Guard;
  readonly #feed = new ScriptedFeed();
  readonly #routes = new Map<number, RouteCheck>();
  readonly #issued: Set<number>;
  readonly #revoked: Revocation[] = [];
  readonly #tryAgain = new Map<string, Instant>();
  #seq = 0;
  #faultsInARow = 0;
  #lastFaultAt = 0;

  constructor(createGuard: CreateGuard, settings: WorldSettings) {
    const { feedAge } = settings;
    this.#issued = new Set(settings.issued);
    this.record = {
      settings,
      calls: [],
      arrivals: [],
      crowds: [],
      told: [],
      deadlines: [],
      strays: 0,
    };
    this.#guard = createGuard({
      broker: { fetch: (request) => this.#begin(request) },
      clock: this.clock,
      ...settings.guard,
      ...(feedAge !== undefined && { feed: this.#feed, maxAgeWithoutFeed: feedAge }),
      onDecision: (event) => {
        const arrival = this.record.arrivals[Number(event.requestId)];
        const isBrokerDown = this.#isBrokerDown();
        if (arrival && !arrival.decided) arrival.decided = { ...this.#now(), event, isBrokerDown };
        else this.record.strays += 1;
      },
    });
  }

  get pending(): readonly Call[] {
    return this.record.calls.filter(({ outcome }) => outcome === undefined);
  }

  stats(): GuardStats {
    return this.#guard.stats();
  }

  /** Several requests with one token at one moment. */
  async arrive(token: number, maxAge: number, count: number): Promise<void> {
    const text = TOKENS[token]?.text;
    const check = this.#route(maxAge);
    const { arrivals, crowds } = this.record;
    const begin = arrivals.length;
    for (let n = 0; n < count; n += 1) {
      const requestId = String(arrivals.length);
      arrivals.push({ ...this.#now(), token, maxAgeMs: maxAge * 1000, feed: this.#feed.word });
      void check(requestWith(text, { requestId }));
    }
    await quiet();
    const [first] = arrivals.slice(begin);
    if (first) crowds.push({ first, count, until: this.#now().seq });
  }

  pass(ms: number): Promise<void> {
    return this.clock.pass(ms, () => {
      this.record.deadlines.push(this.#now().seq);
      const call = this.pending.find(({ signal }) => signal.aborted);
      // Unless it was still waiting for its turn.
      if (call) this.#end(call, 'fault');
    });
  }

  jump(ms: number): void {
    this.clock.setWallClock(this.clock.now() + ms);
  }

  /** The broker looks at the token: what happens to it later does not change the answer. */
  look(call: Call): void {
    call.found ??= this.#isLive(call.token);
  }

  answer(call: Call): void {
    this.look(call);
    this.#end(call, call.found ? 'valid' : 'invalid');
    call.settle(answerAbout(call.token, call.found === true));
  }

  fail(call: Call, kind: FaultKind): void {
    this.#end(call, 'fault');
    if (kind === 'connection') {
      this.#tryAgain.set(call.requestId, call.asked);
      call.settle(new Error('connection'));
    } else call.settle(kind === 'status' ? FAILURE : NONSENSE);
  }

  issue(token: number): void {
    this.#issued.add(token);
  }

  revoke(revocation: Revocation): void {
    this.#revoked.push(revocation);
  }

  tell(revocation: Revocation, through: 'guard' | 'feed'): void {
    if (through === 'guard') this.#guard.revoke(revocation);
    else if (!this.#feed.revoked(revocation)) return;
    this.record.told.push({ seq: this.#now().seq, revocation });
  }

  takeMoment(): void {
    this.#feed.takeMoment(this.#now());
  }

  /** @param back which of the moments taken, counted from the last */
  synced(back: number): void {
    if (this.#feed.synced(back)) this.record.told.push({ seq: this.#now().seq });
  }

  lose(): void {
    this.#feed.lose(this.#now());
  }

  close(): Promise<void> {
    return this.#guard.close();
  }

  #now(): Instant {
    this.#seq += 1;
    return { seq: this.#seq, at: this.clock.monotonic(), wall: this.clock.now() };
  }

  // A route is built when it is first used: the guard must cope with tolerances it did not know of.
  #route(maxAge: number): RouteCheck {
    let check = this.#routes.get(maxAge);
    if (check === undefined) {
      check = this.#guard.requireScope('read:data:x', { maxAge });
      this.#routes.set(maxAge, check);
      this.record.told.push({ seq: this.#now().seq });
    }
    return check;
  }

  #begin(request: Request): Promise<Response> {
    const requestId = request.headers.get('x-request-id') ?? '';
    const arrival = this.record.arrivals[Number(requestId)];
    const began = this.#now();
    const asked = this.#tryAgain.get(requestId) ?? began;
    this.#tryAgain.delete(requestId);
    return new Promise((resolve, reject) => {
      this.record.calls.push({
        began,
        asked,
        requestId,
        token: arrival?.token ?? -1,
        signal: request.signal,
        settle: (answer) => (answer instanceof Error ? reject(answer) : resolve(answer)),
      });
    });
  }

  #isBrokerDown(): boolean {
    if (this.#faultsInARow < FAULTS_IN_A_ROW) return false;
    // Then one call looks whether it is up again.
    const isLeftAlone = this.clock.monotonic() < this.#lastFaultAt + LONGEST_PAUSE_MS;
    return isLeftAlone || this.pending.length > 0;
  }

  #isLive(index: number): boolean {
    const token = TOKENS[index];
    if (token === undefined || !this.#issued.has(index)) return false;
    // The broker's own clock, which nobody sets.
    const now = START_MS + this.clock.monotonic() - this.clock.startedAt;
    if (Math.floor(now / 1000) > token.exp) return false;
    return !this.#revoked.some((revocation) => ends(revocation, token));
  }

  #end(call: Call, outcome: 'valid' | 'invalid' | 'fault'): void {
    call.outcome = outcome;
    call.ended = this.#now();
    this.#faultsInARow = outcome === 'fault' ? this.#faultsInARow + 1 : 0;
    if (outcome === 'fault') this.#lastFaultAt = call.ended.at;
  }
}
