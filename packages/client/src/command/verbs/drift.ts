// Audit files in → what was granted and not used, used and too wide, needed and denied, out.

import { readFileSync } from 'node:fs';
import {
  DRIFT_FINDINGS,
  type DriftFinding,
  type DriftFindings,
  type DriftGap,
  type DriftMeterOptions,
  findingsOf,
  gapsOf,
  readKnownRoutes,
  renderDriftPage,
} from '@agentwrit/audit';
import { isTimestamp } from '@agentwrit/protocol';
import { findingsText, driftLines } from '../drift/drift-lines.js';
import { type DriftInput, type Period, readDriftInput } from '../drift/drift-input.js';
import { assertReplaceable, writePage } from '../page-file.js';
import { jsonLine, visible } from '../printing.js';
import { systemReason } from '../system-reason.js';
import { type Call, EXIT, UsageError, type Verb } from '../verb.js';

export const drift: Verb = {
  words: ['drift'],
  about: 'Report scopes granted and unused, or needed and denied',
  operands: ['FILE'],
  isLastRepeatable: true,
  flags: {
    routes: { value: 'FILE', about: 'JSON of listRequirements(app): all routes there are' },
    since: { value: 'TIME', about: 'RFC 3339, such as 2026-02-15T12:00:00Z; inclusive' },
    until: { value: 'TIME', about: 'RFC 3339; inclusive' },
    html: { value: 'FILE', about: 'write the report there, too, as a page for people' },
    'fail-on': {
      value: 'LIST',
      about:
        'end with 1 when one of these is found: unused,\nwildcard,denied,unreached; and where that is\nnot known, which "incomplete" alone goes by, too',
    },
  },
  notes: `Takes what guards wrote, and what "agentwrit audit events --json" printed: the
broker's log tells of agents that never asked for anything, and of their apps.
With --broker URL it is read from there, as the operator. "-" is stdin. Whether
the files are what was written, "agentwrit audit verify" says.`,
  async run(call) {
    const { flags, context, operands } = call;
    const failOn = readFindings(flags.list('fail-on'));
    const period = readPeriod(call);
    const routesPath = flags.text('routes');
    const routes = readRoutes(routesPath);
    const page = flags.text('html');
    const sources = routesPath === undefined ? operands : [...operands, routesPath];
    if (page !== undefined) assertReplaceable('html', page, sources);
    if (operands.includes('-') && context.stdin.isTerminal) {
      throw new UsageError('"-" is stdin: pipe a file in');
    }
    const input = await readDriftInput(call, period, routes);
    tellFaults(call, input);
    const report = input.meter.report();
    const isAll = flags.text('since') === undefined && flags.text('until') === undefined;
    const gaps = gapsOf(report, input.unread).map(({ text, hides }) => ({
      text: isAll ? text : `${text}, in that time`,
      hides,
    }));
    const findings = { ...findingsOf(report), incomplete: gaps.length };
    if (page !== undefined) writePage(page, renderDriftPage(report, input.unread));
    call.show({ ...report, findings, gaps, unreadLines: input.unread }, driftLines(report, gaps));
    return fail(call, failOn, findings, gaps);
  },
};

/** Says what was found of what must not be, and where nobody can say that it is not there. */
function fail(
  { isJson, context }: Call,
  failOn: readonly DriftFinding[],
  findings: DriftFindings,
  gaps: readonly DriftGap[],
): number {
  const names = failOn.filter((name) => findings[name] > 0 && name !== 'incomplete');
  const hidden = gaps.filter(
    ({ hides }) => failOn.includes('incomplete') || hides.some((name) => failOn.includes(name)),
  );
  if (names.length === 0 && hidden.length === 0) return EXIT.ok;
  const found: Partial<DriftFindings> = {
    ...Object.fromEntries(names.map((name) => [name, findings[name]])),
    ...(hidden.length > 0 && { incomplete: hidden.length }),
  };
  const message = [
    ...(names.length > 0 ? [`found what --fail-on names: ${findingsText(found)}`] : []),
    ...(hidden.length > 0
      ? [`cannot tell what --fail-on asks for: ${hidden.map(({ text }) => text).join('; ')}`]
      : []),
  ].join('; ');
  context.stderr(isJson ? jsonLine({ code: 'drift', message, findings: found }) : visible(message));
  return EXIT.refused;
}

function tellFaults({ context }: Call, { unread, events, faults, hasLateApps }: DriftInput): void {
  for (const fault of faults) context.stderr(visible(`agentwrit: ${fault}`));
  if (unread > 0) {
    context.stderr(
      `agentwrit: ${unread} of ${unread + events} lines cannot be read and are left out`,
    );
  }
  if (hasLateApps) {
    context.stderr(
      "agentwrit: some agents' apps were not known in time: give the broker's log before stdin",
    );
  }
}

function readFindings(names: readonly string[] = []): readonly DriftFinding[] {
  const wanted = DRIFT_FINDINGS.filter((finding) => names.includes(finding));
  if (wanted.length === new Set(names).size) return wanted;
  throw new UsageError(`"--fail-on" must be a list of ${DRIFT_FINDINGS.join(', ')}`);
}

function readPeriod({ flags }: Call): Period {
  const [since, until] = (['since', 'until'] as const).map((name) => {
    const text = flags.text(name);
    if (text === undefined) return undefined;
    if (isTimestamp(text)) return Date.parse(text);
    throw new UsageError(`"--${name}" must be a time such as 2026-02-15T12:00:00Z`);
  });
  return { since: since ?? -Infinity, until: until ?? Infinity };
}

function readRoutes(path: string | undefined): DriftMeterOptions['routes'] {
  if (path === undefined) return undefined;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`"--routes": cannot read ${path}: ${systemReason(error)}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError(`"--routes": ${path} is not JSON`);
  }
  // A TypeError that begins with the name of the option is wrong use.
  return readKnownRoutes(value);
}
