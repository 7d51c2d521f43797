// Claims in → who the token names, in words and for programs, out (protocol §3.3, §5).

import { type Claims, parseAgentId, subjectKind } from '@agentwrit/protocol';
import { fields } from '../table.js';

export interface Subject {
  readonly document: object;
  readonly lines: readonly string[];
}

export function describeSubject({ sub, task_id: task, orch_id: orch }: Claims): Subject {
  const kind = subjectKind(sub);
  const id = parseAgentId(sub);
  if (id !== undefined) {
    return {
      document: {
        kind,
        id: sub,
        trust_domain: id.trustDomain,
        orch_id: id.orchId,
        task_id: id.taskId,
        instance: id.instanceId,
      },
      lines: fields([
        ['agent', sub],
        ['  trust domain', id.trustDomain],
        ['  orch id', id.orchId],
        ['  task id', id.taskId],
        ['  instance', id.instanceId],
        // A delegated token names the delegate and the delegator's work (protocol §5).
        ['for the task', task === id.taskId ? undefined : task],
        ['for the orch', orch === id.orchId ? undefined : orch],
      ]),
    };
  }
  const appId = kind === 'app' ? sub.slice('app:'.length) : undefined;
  return {
    document: { kind, id: sub, ...(appId === undefined ? {} : { app_id: appId }) },
    lines: fields([[kind === 'unknown' ? 'subject' : kind, SUBJECTS[kind]?.(sub) ?? sub]]),
  };
}

const SUBJECTS: Readonly<Record<string, (sub: string) => string>> = {
  admin: () => 'an operator, not an agent',
  app: (sub) => `${sub.slice('app:'.length)}, not an agent`,
  unknown: (sub) => `${sub}: not of a form that a broker issues`,
};
