import type { AuditEvent } from '@agentwrit/protocol';
import { describe, expect, it } from 'vitest';
import { revocationOf } from '../src/audit-revocation.js';
import type { Revocation } from '../src/index.js';

const AGENT = 'spiffe://agentwrit.local/agent/o/t/0123456789abcdef';
const JTI = '00112233445566778899aabbccddeeff';

function event(
  event_type: string,
  detail: string,
  agent_id: string | undefined = AGENT,
): AuditEvent {
  return {
    id: 'evt-000001',
    timestamp: '2026-02-15T12:00:00Z',
    event_type,
    agent_id,
    task_id: undefined,
    orch_id: undefined,
    detail,
    outcome: 'success',
    hash: 'a'.repeat(64),
    prev_hash: 'b'.repeat(64),
  };
}

interface Case {
  readonly name: string;
  readonly event: AuditEvent;
  readonly revocation: Revocation | undefined;
}

const CASES: readonly Case[] = [
  ...(['token', 'agent', 'task', 'chain'] as const).map((level) => ({
    name: `a revocation at level ${level}`,
    event: event('token_revoked', `revoked at level=${level} target=t-1`, 't-1'),
    revocation: { level, target: 't-1' },
  })),
  {
    name: 'a target that is another level',
    event: event(
      'token_revoked',
      'revoked at level=task target=x level=chain target=y',
      'x level=chain target=y',
    ),
    revocation: { level: 'task', target: 'x level=chain target=y' },
  },
  {
    name: 'a target that is redacted',
    event: event(
      'token_revoked',
      'revoked at level=task target=my secret: ***REDACTED***',
      'my secret: x',
    ),
    revocation: { level: 'task', target: 'my secret: x' },
  },
  {
    name: 'a release',
    event: event('token_released', `token released | jti=${JTI}`),
    revocation: { level: 'token', target: JTI },
  },
  ...[
    'token released | jti=***REDACTED***',
    `token released | jti=${JTI} `,
    `token released | jti=${JTI.toUpperCase()}`,
    `x token released | jti=${JTI}`,
    '',
  ].map((detail) => ({
    name: `a release that says "${detail}"`,
    event: event('token_released', detail),
    revocation: { level: 'agent' as const, target: AGENT },
  })),
  {
    name: 'a renewal',
    event: event('token_renewed', `token renewed for agent=${AGENT} new_jti=${JTI}`),
    revocation: { level: 'agent', target: AGENT, exceptTokenId: JTI },
  },
  {
    name: 'a renewal of an agent with another new_jti in its name',
    event: event(
      'token_renewed',
      `token renewed for agent=x new_jti=${'f'.repeat(32)} new_jti=${JTI}`,
    ),
    revocation: { level: 'agent', target: AGENT, exceptTokenId: JTI },
  },
  ...[
    'token renewed for agent=***REDACTED***',
    `token renewed for agent=${AGENT} new_jti=***REDACTED***`,
    `token renewed for agent=${AGENT} new_jti=${JTI}0`,
    `token renewed for agent=${AGENT} new_jti=${JTI.slice(1)}`,
    `token renewed for agent=${AGENT} new_jti=${JTI} x`,
    `token renewed for agent=${AGENT} new_jti=${JTI}\n`,
    `token renewed for agent=x new_jti=${JTI} new_jti=`,
    '',
  ].map((detail) => ({
    name: `a renewal that says ${JSON.stringify(detail)}`,
    event: event('token_renewed', detail),
    revocation: { level: 'agent' as const, target: AGENT },
  })),
  ...[
    'token_issued',
    'token_renewal_failed',
    'admin_auth',
    'token_revoked_access',
    'of tomorrow',
  ].map((type) => ({
    name: `an event of type ${type}`,
    event: event(type, 'revoked at level=agent target=x'),
    revocation: undefined,
  })),
];

describe('revocationOf', () => {
  it.each(CASES)('reads $name', ({ event: read, revocation }) => {
    expect(revocationOf(read)).toEqual(revocation);
  });

  const nobody = { ...event('', ''), agent_id: undefined };
  it.each([
    {
      name: 'of an unknown level',
      event: event('token_revoked', 'revoked at level=planet target=x'),
    },
    { name: 'of no level', event: event('token_revoked', '***REDACTED***') },
    { name: 'in another order', event: event('token_revoked', 'x revoked at level=task target=x') },
    {
      name: 'of nothing',
      event: { ...nobody, event_type: 'token_revoked', detail: 'revoked at level=task target=' },
    },
    { name: 'of no agent, renewed', event: { ...nobody, event_type: 'token_renewed' } },
    { name: 'of no agent, released', event: { ...nobody, event_type: 'token_released' } },
    { name: 'of an agent without a name', event: event('token_renewed', '', '') },
  ])('calls it malformed when something is revoked $name', ({ event: read }) => {
    expect(() => revocationOf(read)).toThrow(expect.objectContaining({ name: 'WireError' }));
  });
});
