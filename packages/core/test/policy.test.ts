import { readClaims } from '@agentwrit/protocol';
import { describe, expect, it } from 'vitest';
import { identify } from '../src/agent.js';
import { compilePolicy, type PolicyBreach, type PolicyOptions } from '../src/policy.js';
import { AGENT_ID, claimsOf } from './fixtures.js';

interface Case {
  name: string;
  policy: PolicyOptions;
  claims: Record<string, unknown>;
  breach: PolicyBreach['cause'] | undefined;
}

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
