import { inspect } from 'node:util';
import { readClaims } from '@agentwrit/protocol';
import { describe, expect, it } from 'vitest';
import { Agent, identify } from '../src/agent.js';
import { AGENT_ID, claimsOf, OTHER_AGENT_ID, START_MS, tokenOf } from './fixtures.js';

const proof = { source: 'broker', ageMs: 3 } as const;

/** What the agent of {@link claimsOf} says of itself, times and claims apart. */
const said = {
  id: AGENT_ID,
  kind: 'agent',
  trustDomain: 'agentwrit.local',
  taskId: 'task-1',
  orchId: 'orch-1',
  instanceId: '0123456789abcdef',
  scope: ['read:data:*'],
  tokenId: '00112233445566778899aabbccddeeff',
  delegation: [],
  proof,
};

function agentOf(overrides: Readonly<Record<string, unknown>> = {}): Agent {
  return new Agent(identify(readClaims(claimsOf(overrides))), proof.source, proof.ageMs);
}

function link(agent: string, ...scope: string[]): Record<string, unknown> {
  return { agent, scope, delegated_at: '2026-02-15T12:00:00.12Z', signature: 'ab' };
}

describe('Agent', () => {
  it('says who is calling, for which task, with what', () => {
    expect(agentOf()).toMatchObject({
      ...said,
      issuedAt: new Date(START_MS),
      expiresAt: new Date(START_MS + 300_000),
      delegatedBy: undefined,
      claims: readClaims(claimsOf()),
    });
  });

  it('names the delegators oldest first, and the last one as the one it acts for', () => {
    const agent = agentOf({
      sub: OTHER_AGENT_ID,
      scope: ['read:data:7'],
      delegation_chain: [
        link(AGENT_ID, 'read:data:*'),
        link('spiffe://d/agent/o/t/0000000000000001', 'read:data:7'),
      ],
    });
    expect(agent.delegation.map((hop) => hop.agent)).toEqual([
      AGENT_ID,
      'spiffe://d/agent/o/t/0000000000000001',
    ]);
    expect(agent.delegation[0]).toEqual({
      agent: AGENT_ID,
      scope: ['read:data:*'],
      delegatedAt: '2026-02-15T12:00:00.12Z',
    });
    expect(agent.delegatedBy).toBe('spiffe://d/agent/o/t/0000000000000001');
    // The task is the delegator's, whatever the id's own path says (protocol §5).
    expect(agent.taskId).toBe('task-1');
  });

  it('answers what it can do by the rule of coverage', () => {
    const agent = agentOf({ scope: ['read:data:*', 'write:data:order-7'] });
    expect(agent.can('read:data:anything:at:all')).toBe(true);
    expect(agent.can('write:data:order-7')).toBe(true);
    expect(agent.can('write:data:order-8')).toBe(false);
    expect(agent.can('malformed')).toBe(false);
  });

  it('can do nothing that is not said in a text', () => {
    const agent = agentOf({ scope: ['read:data:7'] });
    const forged = { scope: 'write:data:9', wide: 'read:data:7' };
    for (const value of [forged, ['read:data:7'], null, undefined, 7]) {
      expect(agent.can(value as unknown as string)).toBe(false);
    }
  });

  it('lists the identifiers it holds', () => {
    const agent = agentOf({ scope: ['read:data:a', 'read:data:b:c', 'write:data:*', 'bad'] });
    expect(agent.identifiers('read', 'data')).toEqual(new Set(['a', 'b:c']));
    expect(agent.identifiers('write', 'data')).toBe('*');
    expect(agent.identifiers('delete', 'data')).toEqual(new Set());
  });

  it('cannot be given more scope by writing to it', () => {
    const agent = agentOf({ scope: ['read:data:a'] });
    expect(() => (agent.scope as string[]).push('read:data:*')).toThrow(TypeError);
    expect(() => {
      (agent.claims as { scope: unknown }).scope = ['read:data:*'];
    }).toThrow(TypeError);
    expect(() => {
      (agent as { scope: unknown }).scope = ['read:data:*'];
    }).toThrow(TypeError);
    expect(() => {
      (agent.proof as { source: unknown }).source = 'broker';
    }).toThrow(TypeError);
    expect(agent.can('read:data:b')).toBe(false);
  });

  it('shows all that it says when it is logged or put into JSON, and its parts are not lost', () => {
    const agent = agentOf();
    const told = JSON.parse(JSON.stringify(agent)) as Record<string, unknown>;
    expect(told).toEqual({
      ...said,
      issuedAt: new Date(START_MS).toISOString(),
      expiresAt: new Date(START_MS + 300_000).toISOString(),
      claims: { ...claimsOf(), aud: [], delegation_chain: [] },
    });
    for (const name of [...Object.keys(told), 'delegatedBy']) {
      expect(inspect(agent)).toContain(`${name}: `);
    }
  });

  it('shows no token text when it is logged', () => {
    const agent = agentOf();
    const text = inspect(agent, { depth: Infinity, showHidden: true }) + JSON.stringify(agent);
    for (const part of tokenOf().split('.')) expect(text).not.toContain(part);
  });
});

describe('identify', () => {
  const chain = (length: number): unknown[] =>
    Array.from({ length }, () => link(AGENT_ID, 'read:data:*'));

  it.each([
    { name: 'no chain', overrides: {}, expected: true },
    { name: 'five links', overrides: { delegation_chain: chain(5) }, expected: true },
    { name: 'six links', overrides: { delegation_chain: chain(6) }, expected: false },
    {
      name: 'links that narrow',
      overrides: {
        scope: ['read:data:7'],
        delegation_chain: [
          link(AGENT_ID, 'read:data:*', 'write:data:*'),
          link(AGENT_ID, 'read:data:7'),
        ],
      },
      expected: true,
    },
    {
      name: 'a link wider than the one before',
      overrides: {
        scope: ['read:data:7'],
        delegation_chain: [link(AGENT_ID, 'read:data:7'), link(AGENT_ID, 'read:data:*')],
      },
      expected: false,
    },
    {
      name: 'a token wider than its last link',
      overrides: { scope: ['write:data:7'], delegation_chain: [link(AGENT_ID, 'read:data:*')] },
      expected: false,
    },
  ])('finds $name consistent: $expected', ({ overrides, expected }) => {
    expect(identify(readClaims(claimsOf(overrides))).chainIsConsistent).toBe(expected);
  });
});
