// A token's `sub` in → what kind of party it names out (protocol §3.3).

import { parseAgentId } from './agent-id.js';

/** `unknown` is anything the broker is not known to issue; nothing should accept it. */
export type SubjectKind = 'agent' | 'app' | 'admin' | 'unknown';

/** `admin`, `app:<app id>`, or a SPIFFE agent id (protocol §3.3). */
export function subjectKind(sub: string): SubjectKind {
  if (sub === 'admin') return 'admin';
  if (sub.startsWith('app:') && sub.length > 4) return 'app';
  return parseAgentId(sub) ? 'agent' : 'unknown';
}
