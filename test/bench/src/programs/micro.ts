// How many samples to take → what each step of a warm request costs out.

import { createTestBroker } from '@agentwrit/broker/testing';
import { adapterSteps } from '../micro/adapter-steps.js';
import { coreSteps } from '../micro/core-steps.js';
import { type MeasureOptions, measureStep, type StepCost } from '../micro/measure.js';
import { wholeSteps } from '../micro/whole-steps.js';
import { answerCalls, startArgument } from './calls.js';

export interface MicroCalls {
  readonly names: () => readonly string[];
  /** Once in a process. */
  readonly measure: (name: string) => StepCost;
}

export interface MicroProgram {
  readonly calls: MicroCalls;
  readonly ready: null;
}

const options = startArgument() as MeasureOptions & { readonly scope: readonly string[] };
const issuer = 'https://broker.bench.example';
const audience = 'bench-api';

const broker = await createTestBroker({ issuer, audience });
const { token } = await broker.issueToken({
  scope: options.scope,
  ttl: 6 * 3600,
  orchId: 'load',
  taskId: 'reader',
});
const asked = { token, broker, issuer, audience };
const steps = [
  ...(await wholeSteps(asked)),
  ...(await adapterSteps(asked)),
  ...(await coreSteps(asked)),
];

const calls: MicroCalls = {
  names: () => steps.map(({ name }) => name),
  measure(wanted) {
    const step = steps.find(({ name }) => name === wanted);
    if (step === undefined) throw new Error(`there is no step "${wanted}"`);
    return measureStep(step, options);
  },
};
answerCalls(calls);
