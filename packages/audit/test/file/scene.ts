// Decisions to write, a folder to write them to, and a look at what was written that shares no code with the
// writer.

import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DecisionEvent } from '@agentwrit/protocol';
import { afterEach } from 'vitest';
import {
  type AuditFile,
  type AuditFileError,
  type AuditFileOptions,
  createAuditFile,
} from '../../src/index.js';

export const START_MS = Date.parse('2026-02-15T12:00:00.5Z');
export const ZEROS = '0'.repeat(64);

/** A request that was let in. */
export function allowed(
  requestId: string,
  overrides: Readonly<Partial<DecisionEvent>> = {},
): DecisionEvent {
  return Object.freeze({
    version: 1,
    time: START_MS,
    outcome: 'allow',
    method: 'GET',
    route: '/orders/:id',
    requestId,
    requiredScope: ['read:data:customer-cust-7291'],
    usedScope: [{ required: 'read:data:customer-cust-7291', held: 'read:data:*' }],
    agentId: 'spiffe://agentwrit.local/agent/order-worker/process-ord-4823/0123456789abcdef',
    taskId: 'process-ord-4823',
    orchId: 'order-worker',
    tokenId: '00112233445566778899aabbccddeeff',
    grantedScope: ['read:data:*'],
    delegationDepth: 0,
    proof: { source: 'cache', ageMs: 12 },
    durationUs: 85,
    ...overrides,
  } satisfies DecisionEvent);
}

/** A request without credentials. */
export function refused(requestId: string): DecisionEvent {
  return Object.freeze({
    version: 1,
    time: START_MS,
    outcome: 'refuse',
    reason: 'missing_token',
    cause: 'no_credentials',
    method: 'GET',
    route: '/orders/:id',
    requestId,
    requiredScope: ['read:data:customer-cust-7291'],
    durationUs: 12,
  } satisfies DecisionEvent);
}

const folders: string[] = [];
const files: AuditFile[] = [];

afterEach(async () => {
  await Promise.all(files.splice(0).map((file) => file.close().catch(() => undefined)));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Gone after the test. */
export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'audit-file-'));
  folders.push(made);
  return made;
}

/** Closed after the test. */
export function opened(options: AuditFileOptions): AuditFile & { faults: AuditFileError[] } {
  const faults: AuditFileError[] = [];
  const file = createAuditFile({ onFault: (fault) => faults.push(fault), ...options });
  files.push(file);
  return Object.assign(file, { faults });
}

/** Writes decisions with these request ids, and closes the file. */
export async function write(
  options: AuditFileOptions,
  requestIds: readonly string[],
): Promise<void> {
  const file = opened(options);
  for (const id of requestIds) void file(allowed(id));
  await file.close();
}

export interface Written {
  readonly id: string;
  readonly event_type: string;
  readonly detail: string;
  readonly hash: string;
  readonly prev_hash: string;
  readonly [member: string]: string | number;
}

const HASHED = [
  'id',
  'timestamp',
  'event_type',
  'agent_id',
  'task_id',
  'orch_id',
  'detail',
  'resource',
  'outcome',
  'deleg_depth',
  'deleg_chain_hash',
  'bytes_transferred',
];
const NUMBERS = new Set(['deleg_depth', 'bytes_transferred']);

/** Events of text that must be whole lines; throws when the chain is broken or a number is not the next. */
export function chained(text: string, first = 1, prevHash = ZEROS): readonly Written[] {
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line is torn');
  let before = prevHash;
  return text
    .split('\n')
    .slice(0, -1)
    .map((line, index) => {
      const event = JSON.parse(line) as Written;
      const id = `evt-${String(first + index).padStart(6, '0')}`;
      if (event.id !== id) throw new Error(`${event.id} where ${id} should be`);
      if (event.prev_hash !== before) throw new Error(`${id} is not chained to the event before`);
      const input = HASHED.map((key) => event[key] ?? (NUMBERS.has(key) ? 0 : ''));
      before = createHash('sha256')
        .update([before, ...input].join('|'))
        .digest('hex');
      if (event.hash !== before) throw new Error(`${id} does not match its hash`);
      return event;
    });
}

/** All files of a folder that begin as `audit.`, oldest first, as one chain. */
export function chainIn(directory: string): readonly Written[] {
  const names = readdirSync(directory).filter((name) => /^audit\.(\d+\.)?jsonl$/.test(name));
  // Digits are before letters: the newest file has none.
  return chained(
    names
      .toSorted()
      .map((name) => readFileSync(join(directory, name), 'utf8'))
      .join(''),
  );
}

/** Request ids of decisions; other events as their type. */
export function said(events: readonly Written[]): readonly string[] {
  return events.map(({ event_type, detail }) => {
    const { requestId } = JSON.parse(detail) as { requestId?: string };
    return requestId ?? event_type;
  });
}

export function errorOf(step: () => unknown): unknown {
  try {
    step();
  } catch (error) {
    return error;
  }
  return undefined;
}

export function names(count: number, prefix = 'req-'): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);
}
