// Faults of an audit file in → whoever is to know of them, told, out.

import type { AuditFileError, AuditFileErrorCode } from './file-error.js';

export class Reporter {
  readonly #onFault: ((fault: AuditFileError) => unknown) | undefined;
  readonly #warned = new Set<AuditFileErrorCode>();
  #count = 0;

  constructor(onFault: ((fault: AuditFileError) => unknown) | undefined) {
    this.#onFault = onFault;
  }

  get count(): number {
    return this.#count;
  }

  /** Counts a fault of which has been told already. */
  note(): void {
    this.#count += 1;
  }

  report(fault: AuditFileError): void {
    this.#count += 1;
    if (this.#onFault === undefined) return this.#warn(fault);
    // Where it fails to take it, the process still can.
    try {
      const answer = this.#onFault(fault);
      void Promise.resolve(answer).catch(() => this.#warn(fault));
    } catch {
      this.#warn(fault);
    }
  }

  #warn(fault: AuditFileError): void {
    // A fault that comes again and again must not fill the log.
    if (this.#warned.has(fault.code)) return;
    this.#warned.add(fault.code);
    process.emitWarning(fault.message, {
      type: 'AgentWritWarning',
      code: `AGENTWRIT_AUDIT_${fault.code.toUpperCase()}`,
    });
  }
}
