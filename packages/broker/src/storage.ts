// What must outlive the process in → kept, and read back at start, out (protocol §8.7). One interface; a
// broker without a database has none of it.

import type { RevocationLevel } from '@agentwrit/protocol';
import type { App } from './apps.js';
import type { AuditEvent } from './audit-log.js';

export interface Revocation {
  readonly level: RevocationLevel;
  readonly target: string;
}

/** Every method returns when the row is on disk, and throws what the database said when it is not. */
export interface Storage {
  /** In order of registration. */
  readonly loadApps: () => App[];
  readonly insertApp: (app: App) => void;
  /** Scopes, lifetime, status and time of change; the rest of an app never changes. */
  readonly updateApp: (app: App) => void;
  readonly loadRevocations: () => readonly Revocation[];
  /** A level and target that is there already stays as it is. */
  readonly insertRevocation: (revocation: Revocation) => void;
  /** In order of recording. */
  readonly loadAuditEvents: () => AuditEvent[];
  readonly insertAuditEvent: (event: AuditEvent) => void;
  readonly close: () => void;
}
