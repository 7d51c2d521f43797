import { readClaims } from '@agentwrit/protocol';
import { describe, expect, it } from 'vitest';
import { identify } from '../src/agent.js';
import { Timeline } from '../src/clock.js';
import {
  type Question,
  type Questions,
  separateQuestions,
  sharedQuestions,
} from '../src/questions.js';
import { claimsOf, FakeClock } from './fixtures.js';

const TIMEOUT_MS = 2_000;

interface Setup {
  readonly clock: FakeClock;
  readonly questions: Questions;
  readonly ask: (digest?: string) => Question;
}

function setUp(kind: 'shared' | 'separate'): Setup {
  const clock = new FakeClock();
  const timeline = new Timeline(clock);
  const questions =
    kind === 'shared' ? sharedQuestions() : separateQuestions({ clock, timeoutMs: TIMEOUT_MS });
  const ask = (digest = 'a'): Question => {
    const asked = timeline.mark();
    const identity = identify(readClaims(claimsOf()));
    const verdict = { valid: true, identity, asked } as const;
    const question = { asked, answer: Promise.resolve(verdict) };
    questions.begin(digest, question);
    return question;
  };
  return { clock, questions, ask };
}

describe.each(['shared', 'separate'] as const)('of %s questions', (kind) => {
  it('the newest about a token is told from older ones, whichever ends first', () => {
    for (const [first, second] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const { questions, ask } = setUp(kind);
      const asked = [ask(), ask()];
      const end = (index: number): boolean => {
        const question = asked[index];
        return question !== undefined && questions.end('a', question);
      };
      expect([end(first), end(second)]).toEqual([first === 1, second === 1]);
      expect(questions.count()).toBe(0);
    }
  });

  it('each token has its own', () => {
    const { questions, ask } = setUp(kind);
    const a = ask('a');
    const b = ask('b');
    expect(questions.count()).toBe(2);
    expect([questions.end('a', a), questions.end('b', b)]).toEqual([true, true]);
  });

  it('one is never the newest twice', () => {
    const { questions, ask } = setUp(kind);
    const question = ask();
    expect([questions.end('a', question), questions.end('a', question)]).toEqual([true, false]);
  });
});

describe('a shared question', () => {
  it('may be joined until it ends', () => {
    const { questions, ask } = setUp('shared');
    const question = ask();
    expect(questions.running('a')).toBe(question);
    questions.end('a', question);
    expect(questions.running('a')).toBeUndefined();
  });
});

describe('a separate question', () => {
  it('may never be joined', () => {
    const { questions, ask } = setUp('separate');
    ask();
    expect(questions.running('a')).toBeUndefined();
  });

  it('that is never heard of again is forgotten by the next, and then not the last word', () => {
    const { clock, questions, ask } = setUp('separate');
    const older = ask('a');
    clock.advance(1);
    ask('a');
    clock.advance(TIMEOUT_MS - 1);
    ask('b');
    expect(questions.count()).toBe(2);
    clock.advance(1);
    ask('b');
    expect(questions.count()).toBe(1);
    // What came after it may have been a refusal.
    expect(questions.end('a', older)).toBe(false);
  });

  it('keeps its place in time when others are asked about the same token', () => {
    const { clock, questions, ask } = setUp('separate');
    ask('a');
    ask('b');
    clock.advance(TIMEOUT_MS - 1);
    ask('a');
    clock.advance(1);
    ask('c');
    // The one about b is over, though that about a began before it at first.
    expect(questions.count()).toBe(2);
  });

  it('leaves no more of itself than can be under way, however many are lost', () => {
    const { clock, questions, ask } = setUp('separate');
    for (let n = 0; n < 10_000; n += 1) {
      clock.advance(TIMEOUT_MS / 10);
      ask(`token ${n}`);
    }
    expect(questions.count()).toBeLessThanOrEqual(10);
  });
});
