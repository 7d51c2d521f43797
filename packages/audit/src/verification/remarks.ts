// Remarkable places in → one remark for each kind, with the first place and their number, out.

import type { AuditRemark, RemarkKind } from './report.js';

export class Remarks {
  readonly #byKind = new Map<RemarkKind, AuditRemark>();

  add(kind: RemarkKind, { path, line }: { readonly path: string; readonly line: number }): void {
    const known = this.#byKind.get(kind) ?? { kind, path, line, count: 0 };
    this.#byKind.set(kind, { ...known, count: known.count + 1 });
  }

  list(): readonly AuditRemark[] {
    return [...this.#byKind.values()];
  }
}
