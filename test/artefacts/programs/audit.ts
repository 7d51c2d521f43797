// The path of an audit file in → a sink that writes it, what was kept of it, and what metrics tell, out.

import {
  type AuditFile,
  AuditFileError,
  createAuditFile,
  createBatchSink,
  createDriftMeter,
  type DecisionEvent,
  type DecisionSink,
  decisionOf,
  readAuditLines,
  verifyAuditFiles,
} from '@agentwrit/audit';
import { ATTRIBUTES, createOpenTelemetrySink } from '@agentwrit/audit/opentelemetry';
import { createPrometheusSink, watchSink } from '@agentwrit/audit/prometheus';
import { Registry } from 'prom-client';

export function sinksOf(path: string): readonly DecisionSink[] {
  const file: AuditFile = createAuditFile({ path, required: true });
  const registry = new Registry();
  watchSink({ registry, sink: file, name: 'file' });
  const batches = createBatchSink({
    write: (events: readonly DecisionEvent[], signal) => void [events.length, signal.aborted],
  });
  return [
    file,
    batches,
    createDriftMeter(),
    createPrometheusSink({ registry }),
    createOpenTelemetrySink(),
  ];
}
// @ts-expect-error A file has a path.
export const nowhere = (): AuditFile => createAuditFile({ required: true });

export async function isSound(path: string): Promise<boolean> {
  return (await verifyAuditFiles([path])).isSound;
}

export async function* reasonsIn(path: string): AsyncGenerator<string> {
  for await (const line of readAuditLines(path)) {
    const reason = line.event && decisionOf(line.event)?.reason;
    if (reason !== undefined) yield reason;
  }
}

export const isBusy = (error: unknown): boolean =>
  error instanceof AuditFileError && error.code === 'in_use';

export const attribute: string = ATTRIBUTES.agentId;
