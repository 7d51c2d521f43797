// SPIFFE agent id text in → its parts out, and back (protocol §5).

/** `spiffe://TRUST_DOMAIN/agent/ORCH_ID/TASK_ID/INSTANCE` */
export interface AgentId {
  readonly trustDomain: string;
  readonly orchId: string;
  readonly taskId: string;
  /** 16 lower-case hex digits. */
  readonly instanceId: string;
}

const TRUST_DOMAIN = /^[a-z0-9._-]+$/;
const SEGMENT = /^[A-Za-z0-9._-]+$/;
const INSTANCE = /^[0-9a-f]{16}$/;

// SPIFFE-ID §2.3 wants at most 2,048 bytes; longer text is not looked at.
const MAX_LENGTH = 2048;

/** Whether the text may stand as a trust domain: one or more of `a-z 0-9 . - _`. */
export function isTrustDomain(text: string): boolean {
  return text.length <= MAX_LENGTH && TRUST_DOMAIN.test(text);
}

/**
 * Whether the text may stand as `orch_id` or `task_id`: one or more of `A-Z a-z 0-9 . - _`, and
 * neither `.` nor `..`. The broker finds out only after it has used up the launch token, so check first.
 */
export function isAgentIdSegment(text: string): boolean {
  return text.length <= MAX_LENGTH && SEGMENT.test(text) && text !== '.' && text !== '..';
}

/** @throws TypeError naming the value when it cannot stand as a segment of an agent id */
export function assertAgentIdSegment(value: unknown, name: string): asserts value is string {
  if (typeof value === 'string' && isAgentIdSegment(value)) return;
  const got = typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : typeof value;
  throw new TypeError(
    `"${name}" must be one or more of A-Z a-z 0-9 . - _ and not "." or "..", got ${got}`,
  );
}

/** @returns the parts, or `undefined` when the text is not an agent id */
export function parseAgentId(text: string): AgentId | undefined {
  if (text.length > MAX_LENGTH || !text.startsWith('spiffe://')) return undefined;
  const [trustDomain, kind, orchId, taskId, instanceId, ...rest] = text.slice(9).split('/');
  if (kind !== 'agent' || rest.length > 0) return undefined;
  if (trustDomain === undefined || !isTrustDomain(trustDomain)) return undefined;
  if (orchId === undefined || !isAgentIdSegment(orchId)) return undefined;
  if (taskId === undefined || !isAgentIdSegment(taskId)) return undefined;
  if (instanceId === undefined || !INSTANCE.test(instanceId)) return undefined;
  return { trustDomain, orchId, taskId, instanceId };
}

/** @throws TypeError naming the part that is not allowed in an agent id */
export function formatAgentId(id: AgentId): string {
  if (!isTrustDomain(id.trustDomain)) {
    throw new TypeError('"trustDomain" must be one or more of a-z 0-9 . - _');
  }
  assertAgentIdSegment(id.orchId, 'orchId');
  assertAgentIdSegment(id.taskId, 'taskId');
  if (!INSTANCE.test(id.instanceId)) {
    throw new TypeError('"instanceId" must be 16 lower-case hex digits');
  }
  return `spiffe://${id.trustDomain}/agent/${id.orchId}/${id.taskId}/${id.instanceId}`;
}
