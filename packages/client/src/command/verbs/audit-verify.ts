// Audit files in → whether they are what was written, and where they first are not, out.

import {
  type AuditBreak,
  type AuditRemark,
  type AuditReport,
  type BreakKind,
  type RemarkKind,
  verifyAuditFiles,
} from '@agentwrit/audit';
import { progressLine } from '../progress.js';
import { fields } from '../table.js';
import { type Call, EXIT, UsageError, type Verb } from '../verb.js';

export const auditVerify: Verb = {
  words: ['audit', 'verify'],
  about: 'Check the hash chain of audit files; asks no broker',
  operands: ['FILE'],
  isLastRepeatable: true,
  flags: {
    'expect-hash': { value: 'HASH', about: 'a last hash noted earlier: it has to be in the chain' },
    complete: { about: 'the first event of the log has to be there' },
    growing: { about: 'a last line without an end is being written, not cut off' },
    'allow-bars': { about: 'take a bar outside the detail for what was written' },
  },
  notes: `Takes what guards wrote and what "agentwrit audit events --json" printed, in
any order; "-" is stdin, as in: zcat audit-*.gz | agentwrit audit verify -
Ends with 0 when the files are sound, and with 1 at the first break, which it
names: tampered, missing, reordered, duplicate, truncated, malformed, or
ambiguous. When a file cannot be read, or the log is rotated meanwhile, it ends
with 3: nothing is known, run it again. A chain does not show what was cut off
behind its last event, nor that all of it was written anew: note the last hash
down elsewhere, and give it to --expect-hash later.`,
  async run(call) {
    const { flags, operands, context } = call;
    if (operands.includes('-') && context.stdin.isTerminal) {
      throw new UsageError('"-" is stdin: pipe a file in');
    }
    const progress = progressLine(context, 'events');
    try {
      const report = await verifyAuditFiles(operands, {
        expectHash: flags.text('expect-hash'),
        complete: flags.has('complete'),
        growing: flags.has('growing'),
        allowBars: flags.has('allow-bars'),
        signal: context.signal,
        ...(operands.includes('-') && { stdin: context.stdin.read() }),
        onProgress: ({ events, ...read }) => progress.show({ ...read, count: events }),
      });
      progress.clear();
      show(call, report);
      return report.isSound ? EXIT.ok : EXIT.refused;
    } finally {
      progress.clear();
    }
  },
};

function show(call: Call, report: AuditReport): void {
  const { events, files, firstId, firstTime, lastId, lastTime, lastHash, startsAt } = report;
  const broken = report.break;
  const count = `${events} events in ${files.length} ${files.length === 1 ? 'file' : 'files'}`;
  call.show(report, [
    ...(broken === undefined
      ? [`SOUND: ${count}`]
      : [
          `NOT SOUND: ${headline(broken)}`,
          '',
          ...fields(breakPairs(broken)),
          '',
          `Before it ${events} events are sound.`,
        ]),
    ...(lastHash === undefined ? [] : ['']),
    ...fields([
      ['first event', firstId && `${firstId} at ${firstTime}`],
      ['last event', lastId && `${lastId} at ${lastTime}`],
      ['last hash', lastHash],
    ]),
    ...(startsAt === undefined || startsAt === 'beginning'
      ? []
      : [`What was written before ${startsAt} was not given.`]),
    ...(report.lostDecisions > 0
      ? [`NOT ALL IS THERE: ${report.lostDecisions} decisions are recorded as lost.`]
      : []),
    ...report.remarks.map(remarkLine),
  ]);
}

function headline({ kind, path, line }: AuditBreak): string {
  return `${kind} at ${place({ path, line })}`;
}

function breakPairs({
  id,
  kind,
  detail,
}: AuditBreak): readonly (readonly [string, string | undefined])[] {
  return [
    ['event', id?.slice(0, MAX_ID)],
    ['found', detail],
    ['meaning', MEANINGS[kind]],
  ];
}

// Longer than any that is one.
const MAX_ID = 40;

const MEANINGS: Readonly<Record<BreakKind, string>> = {
  tampered: 'an event was changed after it was written',
  missing: 'events were taken out, or their file was not given',
  reordered: 'events do not stand in the order they were written in',
  duplicate: 'an event was put in a second time, or the files are of several logs',
  truncated: 'the end was cut off',
  malformed: 'the line is no audit event: it was changed, or the file is another kind of file',
  ambiguous: 'the hash does not tell where the text stood; --allow-bars takes it as it is',
};

const REMARKS: Readonly<Record<RemarkKind, string>> = {
  spelling: 'not spelled as it is written; all that it says is covered',
  growing: 'the last line has no end yet; it was not checked',
  gap: 'decisions are recorded as lost: the guard could not write them down',
  bar: 'a bar outside the detail, taken as it is',
  empty_file: 'nothing in it',
  repeated_file: 'given before; read once',
};

function remarkLine({ kind, path, line, count }: AuditRemark): string {
  const others = count > 1 ? `, and ${count - 1} more` : '';
  return `Note: ${place({ path, line })}${others}: ${REMARKS[kind]}`;
}

function place({ path, line }: { readonly path: string; readonly line: number }): string {
  const file = path === '-' ? 'stdin' : path;
  return line === 0 ? file : `${file}:${line}`;
}
