// A warm request in each form → no more memory and no more work than is written down in vectors/budgets.json.

import { beforeAll, describe, expect, it } from 'vitest';
import { assertWithinBudget, budgets } from './budgets.js';
import { type Allocation, allocatedBytes, countedSteps } from './figures.js';
import { FORM_NAMES } from './programs/forms.js';

let steps: Awaited<ReturnType<typeof countedSteps>>;
beforeAll(async () => {
  steps = await countedSteps();
}, 60_000);

it('has a budget in every form', () => {
  expect(Object.keys(budgets.warm).toSorted()).toEqual(FORM_NAMES.toSorted());
});

describe.each(FORM_NAMES)('a warm request in the form %s', (form) => {
  it.each<readonly [how: string, allocation: Allocation, hint: string]>([
    [
      'interpreted',
      'written',
      'The source makes more objects, closures or texts than before. Most take 16 to 64 bytes.',
    ],
    [
      'compiled',
      'compiled',
      'If "writtenBytes" is within its budget, there is an object that the compiler could do without before.',
    ],
  ])('allocates no more than its budget when it is %s', async (how, allocation, hint) => {
    assertWithinBudget({
      what: `A warm request in the form ${form}, ${how}`,
      value: await allocatedBytes(form, allocation),
      unit: 'bytes',
      path: ['warm', form, `${allocation}Bytes`],
      parts: () => [hint],
    });
  });

  it('takes no more steps than its budget', () => {
    const functions = steps[form];
    assertWithinBudget({
      what: `A warm request in the form ${form}`,
      value: Math.round(functions.reduce((sum, { steps }) => sum + steps, 0)),
      unit: 'steps',
      path: ['warm', form, 'steps'],
      parts: () =>
        functions
          .toSorted((a, b) => b.steps - a.steps)
          .map(({ name, steps }) => `${steps} ${name}`),
    });
  });
});
