// The words behind `npm run bench --` in → what is measured, and what becomes of the figures, out.

import { parseArgs } from 'node:util';
import { EVERYTHING, type Plan, QUICK, SCENARIOS } from './plan.js';
import { BASELINE, FRAMEWORKS, VARIANTS } from './variants.js';

export interface Options {
  readonly plan: Plan;
  /** Write the figures and the chart to docs/. */
  readonly write: boolean;
  /** Say how it is used, and nothing else. */
  readonly help: boolean;
}

export const USAGE: string = `Usage: npm run bench -- [options]

  --quick        a minute instead of ten: to see that it runs, not to compare
  --rounds N     rounds of fresh processes, ${EVERYTHING.rounds} by default
  --only LIST    some of it, by names with commas between:
                   scenarios   ${SCENARIOS.join(', ')}
                   frameworks  ${FRAMEWORKS.join(', ')}
                   variants    ${VARIANTS.map(({ name }) => name).join(', ')}
  --write        write docs/benchmarks.json and docs/benchmarks.svg as well
`;

/** @throws TypeError saying which option is wrong */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      only: { type: 'string', default: '' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { quick, write, only, help } = values;
  const base = quick ? { ...EVERYTHING, rounds: 1, extent: QUICK } : EVERYTHING;
  const rounds = values.rounds === undefined ? base.rounds : Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new TypeError('"--rounds" must be a whole number, at least 1');
  }
  return { plan: { ...narrowed(base, namesIn(only)), rounds }, write, help };
}

function namesIn(list: string): readonly string[] {
  const names = list.split(',').filter((name) => name !== '');
  const known: readonly string[] = [
    ...SCENARIOS,
    ...FRAMEWORKS,
    ...VARIANTS.map(({ name }) => name),
  ];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new TypeError(`"--only" does not know "${unknown}"`);
  return names;
}

/** Of each kind only what is named, or all where none of the kind is. The baseline is always there. */
function narrowed(plan: Plan, names: readonly string[]): Plan {
  const named = <Item>(items: readonly Item[], nameOf: (item: Item) => string): readonly Item[] => {
    const some = items.filter((item) => names.includes(nameOf(item)));
    return some.length === 0 ? items : some;
  };
  const variants = named(plan.variants, ({ name }) => name);
  return {
    ...plan,
    scenarios: named(plan.scenarios, (name) => name),
    frameworks: named(plan.frameworks, (name) => name),
    variants: VARIANTS.filter((variant) => variant.name === BASELINE || variants.includes(variant)),
  };
}
