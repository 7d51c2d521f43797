// What was shown, step by step and framework by framework, and whether it came out as it should.

import { result, table } from '@agentwrit/example-setup';

/** `skipped` is for a step that cannot be shown against the broker in use. */
type Outcome = 'as expected' | 'differs' | 'skipped';

const MARKS: Readonly<Record<Outcome, string>> = {
  'as expected': '✓',
  differs: '✗',
  skipped: 'skipped',
};

/** Every step, in the order it is shown. The table at the end has one row for each. */
export const STEPS = {
  anonymous: '401 without a token',
  own: 'allowed on its own customer',
  other: '403 on another customer, the missing scope shown',
  write: 'allowed to ship its own order',
  renewal: 'renewed: same agent, the old token refused',
  delegation: 'one scope delegated to a helper, and no more',
  release: 'released: the token is dead',
  revocation: 'task revoked by the operator: the token is dead',
  outage: 'broker stopped: 503, not 401',
} as const;

export type Step = keyof typeof STEPS;

export class Steps {
  readonly #outcomes = new Map<string, Outcome>();

  /** Records one step on one framework and prints it. */
  record(step: Step, framework: string, isAsExpected: boolean, seen: string): void {
    result(isAsExpected, STEPS[step], seen);
    this.#outcomes.set(`${step} ${framework}`, isAsExpected ? 'as expected' : 'differs');
  }

  skip(step: Step, framework: string): void {
    this.#outcomes.set(`${step} ${framework}`, 'skipped');
  }

  /** Prints the table; a step that was never reached counts as different. */
  summarise(frameworks: readonly string[]): { readonly isAllAsExpected: boolean } {
    const outcomeOf = (step: string, framework: string): Outcome =>
      this.#outcomes.get(`${step} ${framework}`) ?? 'differs';
    table(
      ['what was shown', ...frameworks],
      Object.entries(STEPS).map(([step, text]) => [
        text,
        ...frameworks.map((framework) => MARKS[outcomeOf(step, framework)]),
      ]),
    );
    return {
      isAllAsExpected: Object.keys(STEPS).every((step) =>
        frameworks.every((framework) => outcomeOf(step, framework) !== 'differs'),
      ),
    };
  }
}
