import { readClaims } from '@agentwrit/protocol';
import { describe, expect, it } from 'vitest';
import { identify } from '../src/agent.js';
import { compilePolicy, type PolicyBreach, type PolicyOptions } from '../src/policy.js';
import { AGENT_ID, claimsOf, OTHER_AGENT_ID } from './fixtures.js';

interface Case {
  name: string;
  policy: PolicyOptions;
  claims: Record<string, unknown>;
  breach: PolicyBreach['cause'] | undefined;
}

const DELEGATED = {
  sub: OTHER_AGENT_ID,
  delegation_chain: [
    { agent: AGENT_ID, scope: ['read:data:*'], delegated_at: '2026-02-15T12:00:00Z' },
  ],
};

const cases: readonly Case[] = [
  { name: 'an agent, by default', policy: {}, claims: {}, breach: undefined },
  { name: 'an admin token, by default', policy: {}, claims: { sub: 'admin' }, breach: 'subject' },
  {
    name: 'an app token, by default',
    policy: {},
    claims: { sub: 'app:app-shop-00ff00' },
    breach: 'subject',
  },
  {
    name: 'a subject of no known kind, by default',
    policy: {},
    claims: { sub: 'somebody' },
    breach: 'subject',
  },
  {
    name: 'an app token where apps are admitted',
    policy: { subjects: ['app'] },
    claims: { sub: 'app:app-shop-00ff00' },
    breach: undefined,
  },
  {
    name: 'an agent where only apps are admitted',
    policy: { subjects: ['app'] },
    claims: {},
    breach: 'subject',
  },
  {
    name: 'an admin token where all kinds are',
    policy: { subjects: ['agent', 'app', 'admin'] },
    claims: { sub: 'admin' },
    breach: undefined,
  },
  {
    name: 'no known kind where all kinds are',
    policy: { subjects: ['agent', 'app', 'admin'] },
    claims: { sub: 'app:' },
    breach: 'subject',
  },
  {
    name: 'the audience among several',
    policy: { audience: 'orders' },
    claims: { aud: ['x', 'orders'] },
    breach: undefined,
  },
  {
    name: 'another audience',
    policy: { audience: 'orders' },
    claims: { aud: ['orders2'] },
    breach: 'audience',
  },
  {
    name: 'no audience where one is needed',
    policy: { audience: 'orders' },
    claims: {},
    breach: 'audience',
  },
  {
    name: 'an audience where none is needed',
    policy: {},
    claims: { aud: ['x'] },
    breach: undefined,
  },
  {
    name: 'the issuer',
    policy: { issuer: 'broker-1' },
    claims: { iss: 'broker-1' },
    breach: undefined,
  },
  { name: 'another issuer', policy: { issuer: 'broker-1' }, claims: { iss: '' }, breach: 'issuer' },
  {
    name: 'a trusted domain',
    policy: { trustDomains: ['a.example', 'agentwrit.local'] },
    claims: {},
    breach: undefined,
  },
  {
    name: 'a domain that is not trusted',
    policy: { trustDomains: ['a.example'] },
    claims: {},
    breach: 'trust_domain',
  },
  {
    name: 'a chain that hands on more than was held',
    policy: {},
    claims: {
      scope: ['write:data:*'],
      delegation_chain: [
        { agent: AGENT_ID, scope: ['read:data:*'], delegated_at: '2026-02-15T12:00:00Z' },
      ],
    },
    breach: 'delegation_chain',
  },
  {
    name: 'a chain as long as is allowed',
    policy: { delegation: { maxDepth: 1 } },
    claims: DELEGATED,
    breach: undefined,
  },
  {
    name: 'a longer chain',
    policy: { delegation: { maxDepth: 0 } },
    claims: DELEGATED,
    breach: 'delegation_depth',
  },
  {
    name: 'its own authority, where none may be handed on',
    policy: { delegation: { maxDepth: 0 } },
    claims: {},
    breach: undefined,
  },
  {
    name: 'the root by its id',
    policy: { delegation: { roots: ['spiffe://x.example', AGENT_ID] } },
    claims: DELEGATED,
    breach: undefined,
  },
  {
    name: 'the root by the beginning of its id',
    policy: { delegation: { roots: ['spiffe://agentwrit.local/agent/orch-1'] } },
    claims: DELEGATED,
    breach: undefined,
  },
  {
    name: 'a root that only begins like one',
    policy: { delegation: { roots: ['spiffe://agentwrit.local/agent/orch'] } },
    claims: DELEGATED,
    breach: 'delegation_root',
  },
  {
    name: 'a root that is only the caller, not the first delegator',
    policy: { delegation: { roots: [OTHER_AGENT_ID] } },
    claims: DELEGATED,
    breach: 'delegation_root',
  },
  {
    name: 'nothing delegated, from a root',
    policy: { delegation: { roots: [AGENT_ID] } },
    claims: {},
    breach: undefined,
  },
  {
    name: 'nothing delegated, from elsewhere',
    policy: { delegation: { roots: [OTHER_AGENT_ID] } },
    claims: {},
    breach: 'delegation_root',
  },
  {
    name: 'another audience and a chain too long: it is no token here',
    policy: { audience: 'orders', delegation: { maxDepth: 0 } },
    claims: DELEGATED,
    breach: 'audience',
  },
];

describe('compilePolicy', () => {
  it.each(cases)('$name → $breach', ({ policy, claims, breach }) => {
    const found = compilePolicy(policy)(identify(readClaims(claimsOf(claims))));
    expect(found?.cause).toBe(breach);
    // A token for somebody else is none here; a good one that is not accepted is told apart.
    const isDenied = breach === 'delegation_depth' || breach === 'delegation_root';
    expect(found?.reason).toBe(breach && (isDenied ? 'policy_denied' : 'invalid_token'));
  });
});
