// Filters in → the broker's audit log, as it is or as it grows, out (protocol §7).

import type { AuditEvent } from '@agentwrit/protocol';
import { asOperator } from '../connection.js';
import { jsonLine, visible } from '../printing.js';
import { Columns } from '../table.js';
import { type Call, EXIT, UsageError, type Verb } from '../verb.js';

export const auditEvents: Verb = {
  words: ['audit', 'events'],
  about: 'Print the audit log, the oldest event first',
  flags: {
    'agent-id': { value: 'ID', about: 'of this agent' },
    'task-id': { value: 'ID', about: 'of this task' },
    'event-type': { value: 'TYPE', about: 'such as token_revoked' },
    outcome: { value: 'OUTCOME', about: 'success or denied' },
    since: { value: 'TIME', about: 'RFC 3339, such as 2026-02-15T12:00:00Z; inclusive' },
    until: { value: 'TIME', about: 'RFC 3339; inclusive' },
    limit: { value: 'COUNT', about: 'at most so many; all by default' },
    offset: { value: 'COUNT', about: 'pass over so many first' },
    follow: { about: 'go on with what happens next, until SIGINT' },
  },
  notes: `With --json one document on each line (JSON Lines), the events as the broker
recorded them. With --follow a broker that cannot be asked is asked again.`,
  async run(call) {
    const { flags, context } = call;
    const isFollowing = flags.has('follow');
    const options = {
      agentId: flags.text('agent-id'),
      taskId: flags.text('task-id'),
      eventType: flags.text('event-type'),
      outcome: readOutcome(flags.text('outcome')),
      since: flags.text('since'),
      until: flags.text('until'),
      limit: flags.whole('limit'),
      offset: flags.whole('offset'),
      signal: context.signal,
      ...(isFollowing && {
        follow: true,
        onFault: (error: Error) => {
          context.stderr(visible(`agentwrit: ${error.message}; trying again`));
        },
      }),
    };
    await asOperator(call, async (operator) => {
      const print = call.isJson ? jsonPrinter(call) : rowPrinter(call);
      for await (const event of operator.auditEvents(options)) print(event);
    });
    return EXIT.ok;
  },
};

function readOutcome(text: string | undefined): 'success' | 'denied' | undefined {
  if (text === undefined || text === 'success' || text === 'denied') return text;
  throw new UsageError('"--outcome" must be success or denied');
}

type Printer = (event: AuditEvent) => void;

function jsonPrinter({ context }: Call): Printer {
  return (event) => context.stdout(jsonLine(event));
}

// What comes later is not known yet: most of it fits into these, and the columns widen when they have to.
const USUAL = ['2026-02-15T12:00:00.000000000Z', 'launch_token_issued', 'success'];

function rowPrinter({ context }: Call): Printer {
  const columns = new Columns();
  columns.fit(USUAL);
  let isFirst = true;
  return ({ timestamp, event_type, outcome, agent_id, detail }) => {
    const row = [timestamp, event_type, outcome ?? '-', agent_id ?? '-', detail];
    if (isFirst) {
      columns.fit(row);
      context.stdout(columns.line(['TIME', 'EVENT', 'OUTCOME', 'AGENT', 'DETAIL']));
      isFirst = false;
    }
    context.stdout(columns.line(row));
  };
}
