// A storage in → the same one, whose faults are counted and reported, out.

import type { Log } from './log.js';
import type { Metrics } from './metrics.js';
import type { Storage } from './storage.js';

/** Faults are thrown on: what they mean for the answer is the caller's to decide. */
export function observeStorage(
  storage: Storage,
  { metrics, log }: { readonly metrics: Metrics; readonly log: Log },
): Storage {
  const observed =
    <A extends readonly unknown[], R>(operation: string, run: (...args: A) => R) =>
    (...args: A): R => {
      try {
        return run(...args);
      } catch (error) {
        metrics.databaseError(operation);
        const message = error instanceof Error ? error.message : String(error);
        log({ level: 'FAIL', module: 'STORE', component: operation, message });
        throw error;
      }
    };
  return {
    loadApps: observed('load_apps', storage.loadApps),
    insertApp: observed('insert_app', storage.insertApp),
    updateApp: observed('update_app', storage.updateApp),
    loadRevocations: observed('load_revocations', storage.loadRevocations),
    insertRevocation: observed('insert_revocation', storage.insertRevocation),
    loadAuditEvents: observed('load_audit_events', storage.loadAuditEvents),
    insertAuditEvent: observed('insert_audit_event', storage.insertAuditEvent),
    close: observed('close', storage.close),
  };
}
