// A figure → nothing if it is within its budget, else an error that says what to do about it, out.

import budgets from '../vectors/budgets.json' with { type: 'json' };

export { budgets };

/** Where the budgets are written down, for those who read an error. */
export const FILE = 'test/vectors/budgets.json';

export interface Figure {
  /** What has it: `a warm request in core`. */
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** Where its budget stands in the file: `["warm", "core", "steps"]`. */
  readonly path: readonly string[];
  /** What it is made of, most important first. Only asked for when there is too much of it. */
  readonly parts: () => readonly string[];
}

/** @throws Error when there is no budget, or it is less than the figure */
export function assertWithinBudget({ what, value, unit, path, parts }: Figure): void {
  const budget = path.reduce(member, budgets);
  const place = path.map((name) => JSON.stringify(name)).join(' → ');
  if (typeof budget !== 'number') throw new Error(`${FILE} has no budget at ${place}`);
  if (value <= budget) return;
  throw new Error(
    [
      `${what}: ${value} ${unit}, and the budget is ${budget}.`,
      `If that is worth it, say why in the commit and change ${place} in ${FILE}: see test/budgets/README.md.`,
      ...parts().map((part) => `  ${part}`),
    ].join('\n'),
  );
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
