// How many samples to take → what each step of a warm request costs out, measured each in a process of its own.

import { type Child, startChild } from '../child.js';
import type { StepCost } from '../micro/measure.js';
import type { Extent } from '../plan.js';
import type { MicroProgram } from '../programs/micro.js';
import { GOOD_SCOPE } from '../world.js';

// A young generation that holds all that one sample leaves behind: nothing is collected while it is counted.
const NODE = ['--expose-gc', '--max-semi-space-size=64'];

export async function runMicro({ microSamples }: Extent): Promise<readonly StepCost[]> {
  const inProcess = async <Result>(
    ask: (child: Child<MicroProgram['calls']>) => Promise<Result>,
  ): Promise<Result> => {
    const order = { samples: microSamples, scope: GOOD_SCOPE };
    const { child } = await startChild<MicroProgram>('micro', order, { execArgv: NODE });
    try {
      return await ask(child);
    } finally {
      await child.stop();
    }
  };
  const costs: StepCost[] = [];
  for (const name of await inProcess((child) => child.call('names'))) {
    costs.push(await inProcess((child) => child.call('measure', name)));
  }
  return costs;
}
