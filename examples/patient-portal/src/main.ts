// Two patients who log in, one after the other, and what each session's agent can see.
// `npm run example patient-portal` at the top of the repository.

import { note, runExample, title } from '@agentwrit/example-setup';
import { startPatientApi } from './api.js';
import { createHospital } from './patients.js';
import { runSession, scopeOf } from './portal.js';

const CLAIMS = {
  own: 'each session reads the records, labs and bills of its own patient',
  otherPatient: "no session reads the other patient's records",
  write: 'no session changes records',
  prescriptions: 'no session reads prescriptions',
  dead: 'when a session ends, its credential is dead',
  sessions: 'both sessions have come to their end',
  breaches: 'no file was opened but by a session of its own patient',
} as const;

await runExample({ title: 'Patient portal', claims: CLAIMS }, async (place) => {
  const { app, brokerUrl, check } = place;
  const hospital = createHospital();
  await using api = await startPatientApi(hospital, { broker: brokerUrl, maxAge: 1 });
  note(`the patients API at ${api.url}`);

  const ended: string[] = [];
  for (const [patient, otherPatient] of [
    ['P-1042', 'P-2187'],
    ['P-2187', 'P-1042'],
  ] as const) {
    title(`${hospital.patients.get(patient)?.name} (${patient})`);
    const session = await runSession({ patient, otherPatient }, { app, apiUrl: api.url });
    const held = scopeOf(patient).join(' ');
    check('own', session.own, ['200', '200', '200']);
    check(
      'otherPatient',
      session.otherPatient,
      `403 needs read:records:${otherPatient}, holds ${held}`,
    );
    check('write', session.write, `403 needs write:records:${patient}, holds ${held}`);
    check(
      'prescriptions',
      session.prescriptions,
      `403 needs read:prescriptions:${patient}, holds ${held}`,
    );
    check('dead', session.afterwards, 'token is invalid or expired');
    ended.push(patient);
  }
  check('sessions', ended, ['P-1042', 'P-2187']);

  const breaches = hospital.accesses.filter(({ patient, task }) => task !== `session-${patient}`);
  check('breaches', `${breaches.length} of ${hospital.accesses.length}`, '0 of 6');
});
