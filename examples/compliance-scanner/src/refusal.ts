// A refusal, of the client, the broker or the API, in → what an auditor writes down of it out.

import { AgentWritError, ProblemResponseError } from '@agentwrit/client';
import { type ApiAnswer, facts } from '@agentwrit/example-setup';

/** What is known of it, by name. */
export type Refusal = Readonly<Record<string, string>>;

/** How an attempt fails. The client's errors have a code; those that the broker answered have its problem too. */
export async function refusalOf(attempt: () => Promise<unknown>): Promise<Refusal> {
  try {
    await attempt();
  } catch (error) {
    if (!(error instanceof AgentWritError)) throw error;
    const { name, code, message } = error;
    if (!(error instanceof ProblemResponseError)) return { class: name, code, message };
    const { status, problem, requestId = 'none' } = error;
    const { type, title, detail } = problem;
    return { class: name, code, status: `${status}`, type, title, detail, 'request id': requestId };
  }
  return { message: 'it was not refused' };
}

/** The same of the API's refusal: its problem has the broker's members, under the broker's names. */
export function refusalOfApi({ status, body }: ApiAnswer): Refusal {
  const text = (member: string): string => {
    const value = body[member];
    return typeof value === 'string' ? value : 'none';
  };
  return {
    code: text('error_code'),
    status: `${status}`,
    type: text('type'),
    title: text('title'),
    detail: text('detail'),
    'request id': text('request_id'),
  };
}

/** Prints it. @returns it on one line, for a check; that a request id is there counts, and not which */
export function show(refusal: Refusal): string {
  facts(refusal);
  return Object.entries(refusal)
    .map(([name, text]) => (name === 'request id' && text !== 'none' ? name : text))
    .join(' · ');
}
