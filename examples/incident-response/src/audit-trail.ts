// What was revoked in → that the broker's audit log has it, out.

import type { AgentWritOperator, AuditEvent } from '@agentwrit/client';
import { table, title } from '@agentwrit/example-setup';
import type { CheckClaim } from './claims.js';
import type { Revocation } from './incident-command.js';

export async function showTrail(
  { orders, since }: { readonly orders: readonly Revocation[]; readonly since: Date },
  { operator, check }: { readonly operator: AgentWritOperator; readonly check: CheckClaim },
): Promise<void> {
  title('The audit trail of this run');
  const mustBe = orders.map(({ level, target }) => `revoked at level=${level} target=${target}`);
  const found: AuditEvent[] = [];
  for await (const event of operator.auditEvents({ eventType: 'token_revoked', since })) {
    // A given broker has other incidents, too.
    if (mustBe.includes(event.detail)) found.push(event);
  }
  table(
    ['event', 'at', 'what'],
    found.map(({ id, timestamp, detail }) => [id, timestamp, detail]),
  );
  for (const [index, detail] of mustBe.entries()) {
    check('trail', found[index]?.detail ?? 'nothing', detail);
  }
}
