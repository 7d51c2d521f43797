import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import { readClaims } from '@agentwrit/protocol';
import { describe, expect, it } from 'vitest';
import { Agent, identify } from '../src/agent.js';
import { runAs } from '../src/agent-context.js';
import { currentAgent } from '../src/current-agent.js';
import { AGENT_ID, claimsOf, OTHER_AGENT_ID } from './fixtures.js';

function agentOf(sub: string): Agent {
  return new Agent(identify(readClaims(claimsOf({ sub }))), 'broker', 0);
}

const one = agentOf(AGENT_ID);
const other = agentOf(OTHER_AGENT_ID);

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('currentAgent', () => {
  it('is nobody outside', () => {
    expect(currentAgent()).toBeUndefined();
  });

  it('is the agent inside, and what runs there is answered', () => {
    expect(runAs(one, () => [currentAgent(), 'answer'])).toEqual([one, 'answer']);
    expect(currentAgent()).toBeUndefined();
  });

  it('is the innermost, and the outer one again after that', () => {
    const seen = runAs(one, () => [currentAgent(), runAs(other, currentAgent), currentAgent()]);
    expect(seen).toEqual([one, other, one]);
  });

  it.each([
    { across: 'a promise', wait: () => Promise.resolve() },
    { across: 'a turn of the loop', wait: nextTurn },
    { across: 'a timer', wait: () => new Promise((resolve) => setTimeout(resolve, 1)) },
    { across: 'a microtask', wait: () => new Promise<void>((resolve) => queueMicrotask(resolve)) },
    {
      across: 'a thenable',
      // oxlint-disable-next-line unicorn/no-thenable
      wait: () => ({ then: (resolve: (value: unknown) => void) => resolve(0) }),
    },
  ])('lasts across $across', async ({ wait }) => {
    const seen = await runAs(one, async () => {
      await wait();
      return currentAgent();
    });
    expect(seen).toBe(one);
    expect(currentAgent()).toBeUndefined();
  });

  it('lasts over a stream that is read, and in what is told of it', async () => {
    const seen: unknown[] = [];
    await runAs(one, async () => {
      const stream = Readable.from(['a', 'b']);
      stream.on('end', () => seen.push(currentAgent()));
      for await (const chunk of stream) seen.push(chunk, currentAgent());
    });
    expect(seen).toEqual(['a', one, 'b', one, one]);
  });

  it('is that of whoever emits, not of whoever listens', () => {
    const seen: unknown[] = [];
    const emitter = new EventEmitter();
    runAs(one, () => emitter.on('event', () => seen.push(currentAgent())));
    emitter.emit('event');
    runAs(other, () => emitter.emit('event'));
    expect(seen).toEqual([undefined, other]);
  });

  it('is each its own for requests that run at once', async () => {
    const agents = Array.from({ length: 20 }, (_, index) => (index % 3 === 0 ? one : other));
    const handle = async (turns: number): Promise<readonly unknown[]> => {
      const seen = [currentAgent()];
      for (let turn = 0; turn < turns; turn += 1) {
        await nextTurn();
        seen.push(currentAgent());
      }
      return seen;
    };
    const all = await Promise.all(
      agents.map((agent, index) => runAs(agent, () => handle(index % 4))),
    );
    for (const [index, seen] of all.entries())
      expect(new Set(seen)).toEqual(new Set([agents[index]]));
  });

  it('is nobody again when what ran has thrown or rejected', async () => {
    const fail = (): never => {
      throw new Error('bug');
    };
    expect(() => runAs(one, fail)).toThrow('bug');
    expect(currentAgent()).toBeUndefined();
    await expect(runAs(one, async () => (await nextTurn(), fail()))).rejects.toThrow('bug');
    expect(currentAgent()).toBeUndefined();
    expect(runAs(other, currentAgent)).toBe(other);
  });
});
