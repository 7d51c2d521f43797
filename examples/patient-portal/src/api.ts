// Patients in → an API in front of them where each part of each patient's file has a scope of its own, out.

import { createServer } from 'node:http';
import { listen, type RunningApi } from '@agentwrit/example-setup';
import { type AgentWritOptions, assertGuarded, createAgentWrit } from '@agentwrit/hono';
import { currentAgent } from '@agentwrit/hono/current-agent';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Hospital, Patient } from './patients.js';

export function startPatientApi(
  { patients, accesses }: Hospital,
  options: AgentWritOptions,
): Promise<RunningApi> {
  const { requireScope, close } = createAgentWrit(options);

  /** A patient's file. Who opens it is written down: no handler has to hand that on. */
  const open = (patient: string): Patient => {
    accesses.push({ patient, task: currentAgent()?.taskId ?? 'nobody' });
    const file = patients.get(patient);
    if (file === undefined) throw new HTTPException(404);
    return file;
  };

  const app = new Hono()
    .get('/patients/:patient/records', requireScope('read:records:{patient}'), (c) =>
      c.json({ value: open(c.req.param('patient')).record }),
    )
    .put('/patients/:patient/records', requireScope('write:records:{patient}'), async (c) => {
      const file = open(c.req.param('patient'));
      file.record = await c.req.text();
      return c.json({ value: file.record });
    })
    .get('/patients/:patient/labs', requireScope('read:labs:{patient}'), (c) =>
      c.json({ value: open(c.req.param('patient')).lab }),
    )
    .get('/patients/:patient/billing', requireScope('read:billing:{patient}'), (c) =>
      c.json({ value: open(c.req.param('patient')).bill }),
    )
    .get('/patients/:patient/prescriptions', requireScope('read:prescriptions:{patient}'), (c) =>
      c.json({ value: open(c.req.param('patient')).prescription }),
    );

  assertGuarded(app);
  const listener = getRequestListener(app.fetch);
  return listen(
    createServer((request, response) => void listener(request, response)),
    close,
  );
}
