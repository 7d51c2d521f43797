// The name of a form in → the bytes that a warm request allocates in it out. The settings of Node say what is counted:
// see `../figures.ts`.

import { FORM_NAMES, warmForm } from './forms.js';

const REQUESTS = 500;
// By then whatever gets compiled is. The last ones count.
const ROUNDS = 80;
const COUNTED = 20;

const name = FORM_NAMES.find((known) => known === process.argv[2]);
if (name === undefined) throw new Error(`no form "${process.argv[2]}"`);

let letIn = 0;
const form = await warmForm(name, { letIn: () => void (letIn += 1) });

// Kept, so that no compiler finds that nobody wants the results.
let kept: unknown;

// By index: an iterator makes objects of its own.
function loop(requests: readonly unknown[]): void {
  for (let index = 0; index < requests.length; index += 1) {
    kept = form.run(requests[index] as never);
  }
}

async function loopInTurn(requests: readonly unknown[]): Promise<void> {
  for (let index = 0; index < requests.length; index += 1) {
    kept = await form.run(requests[index] as never);
  }
}

const isPromised = name === 'fetch';

async function weigh(): Promise<number> {
  const requests = form.requests(REQUESTS);
  const before = process.memoryUsage().heapUsed;
  if (isPromised) await loopInTurn(requests);
  else loop(requests);
  return (process.memoryUsage().heapUsed - before) / REQUESTS;
}

const before = letIn;
const weights: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  weights.push(await weigh());
  // The guard's own timers get their turn here, and not in what is counted.
  await new Promise((resolve) => setImmediate(resolve));
}
if (letIn - before !== ROUNDS * REQUESTS || kept === weights) throw new Error('some are refused');

// The middle: one of them may have been collected, and so weighed nothing.
const weight = weights.slice(-COUNTED).toSorted((a, b) => a - b)[COUNTED / 2] ?? Number.NaN;
// Every object is a multiple of this; what is beyond is the weighing itself.
const WORD = 8;
process.stdout.write(JSON.stringify({ bytes: Math.floor(weight / WORD) * WORD }));
process.exit();
