// Nothing in → what of the packages runs for a warm request, in each form, out. Counted by V8 itself, for reports of
// coverage: functions that are entered, branches that are taken, turns of loops.

import { type Profiler, Session } from 'node:inspector';

/** A function that runs for a request. */
export interface Ran {
  /** Its name, and the end of its file's path. */
  readonly name: string;
  readonly steps: number;
}

const REQUESTS = 100;
const OWN = new URL('.', import.meta.url).href;

const session = new Session();
session.connect();
session.post('Profiler.enable');
// Before anything is loaded: only what is compiled after this counts its branches.
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
const { FORM_NAMES, warmForm } = await import('./forms.js');

/** What has run since the last time. */
function take(): readonly Profiler.ScriptCoverage[] {
  let taken: readonly Profiler.ScriptCoverage[] | undefined;
  // Answers at once.
  session.post('Profiler.takePreciseCoverage', (error, answer) => {
    if (error) throw error;
    taken = answer.result;
  });
  if (taken === undefined) throw new Error('the profiler does not answer');
  return taken;
}

const figures: Record<string, readonly Ran[]> = {};
for (const name of FORM_NAMES) {
  let letIn = 0;
  const form = await warmForm(name, { letIn: () => void (letIn += 1) });
  const requests = form.requests(REQUESTS);
  const before = letIn;
  take();
  for (const request of requests) await form.run(request as never);
  const taken = take();
  if (letIn - before !== REQUESTS) throw new Error(`some are refused: ${name}`);
  figures[name] = taken
    .filter(({ url }) => url.startsWith('file:') && !url.startsWith(OWN))
    .flatMap(({ url, functions }) =>
      functions.map(({ functionName, ranges }) => ({
        name: `${functionName || 'a nameless function'} in ${url.split('/').slice(-3).join('/')}`,
        steps: ranges.reduce((sum, { count }) => sum + count, 0) / REQUESTS,
      })),
    )
    .filter(({ steps }) => steps > 0);
}
process.stdout.write(JSON.stringify(figures));
process.exit();
