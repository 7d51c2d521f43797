// A patient who has logged in → a session whose agent reads this patient's file, and is kept from all else, out.

import type { Agent, AgentWritApp } from '@agentwrit/client';
import { facts, readAnswer, say } from '@agentwrit/example-setup';

/** What a session was answered, each a line. */
export interface Session {
  /** Records, labs and billing of its own patient. */
  readonly own: readonly string[];
  readonly otherPatient: string;
  readonly write: string;
  readonly prescriptions: string;
  /** What the broker says of the credential when it was given back. */
  readonly afterwards: string;
}

export interface Visit {
  readonly patient: string;
  /** Whose file this session has no business with. */
  readonly otherPatient: string;
}

interface Place {
  readonly app: AgentWritApp;
  readonly apiUrl: string;
}

export function scopeOf(patient: string): string[] {
  return [`read:records:${patient}`, `read:labs:${patient}`, `read:billing:${patient}`];
}

export async function runSession(visit: Visit, { app, apiUrl }: Place): Promise<Session> {
  const agent = await app.createAgent({
    orchId: 'patient-portal',
    taskId: `session-${visit.patient}`,
    scope: scopeOf(visit.patient),
  });
  let answers: Omit<Session, 'afterwards'>;
  try {
    facts({ agent: agent.agentId, scope: agent.scope.join(' ') });
    answers = await useFile(visit, agent, apiUrl);
  } finally {
    await agent.release();
  }
  const verdict = await app.validate(agent.accessToken);
  const afterwards = verdict.valid ? 'valid' : verdict.error;
  say(`released; the broker says: ${afterwards}`);
  return { ...answers, afterwards };
}

async function useFile(
  { patient, otherPatient }: Visit,
  agent: Agent,
  apiUrl: string,
): Promise<Omit<Session, 'afterwards'>> {
  const ask = async (what: string, path: string, init: RequestInit = {}): Promise<string> => {
    const { outcome, body } = await readAnswer(agent.fetch(`${apiUrl}/patients/${path}`, init));
    const { value } = body;
    say(`${what}: ${outcome}${typeof value === 'string' ? `  ${value}` : ''}`);
    return outcome;
  };
  return {
    own: [
      await ask('own records', `${patient}/records`),
      await ask('own labs', `${patient}/labs`),
      await ask('own billing', `${patient}/billing`),
    ],
    otherPatient: await ask(`records of ${otherPatient}`, `${otherPatient}/records`),
    write: await ask('change the own records', `${patient}/records`, {
      method: 'PUT',
      body: 'in the best of health',
    }),
    prescriptions: await ask('own prescriptions', `${patient}/prescriptions`),
  };
}
