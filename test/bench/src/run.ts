// A plan in → a report out: every scenario of it, round by round.

import { MAX_AGE_SECONDS, VARIANTS } from './variants.js';
import type { Plan } from './plan.js';
import { describeMachine } from './report/machine.js';
import type { Report, WarmRow } from './report/report.js';
import { warmRows } from './report/warm-rows.js';
import { runMicro } from './scenarios/micro.js';
import { runWarmRound, type WarmRound, type WarmScenario } from './scenarios/warm.js';
import { CONNECTIONS, createWorld, TOKENS, type World } from './world.js';

/** @param tell gets a line for each thing that begins */
export async function runBench(plan: Plan, tell: (line: string) => void): Promise<Report> {
  await using world = await createWorld();
  const has = (scenario: Plan['scenarios'][number]): boolean => plan.scenarios.includes(scenario);
  const warm: WarmRow[] = [];
  for (const scenario of ['warm1', 'warm1000'] as const) {
    if (has(scenario)) warm.push(...(await runWarm(world, plan, scenario, tell)));
  }
  if (has('micro')) tell('micro');
  const micro = has('micro') ? await runMicro(plan.extent) : undefined;
  return {
    machine: describeMachine(new Date()),
    settings: {
      rounds: plan.rounds,
      connections: CONNECTIONS,
      tokens: TOKENS,
      tokenBytes: world.tokens[0]?.token.length ?? 0,
      maxAgeSeconds: MAX_AGE_SECONDS,
    },
    variants: Object.fromEntries(VARIANTS.map(({ name, note }) => [name, note])),
    warm,
    ...(micro && { micro }),
  };
}

async function runWarm(
  world: World,
  { frameworks, variants, rounds, extent }: Plan,
  scenario: WarmScenario,
  tell: (line: string) => void,
): Promise<readonly WarmRow[]> {
  const found = frameworks.map((framework) => ({
    framework,
    rounds: [] as (readonly WarmRound[])[],
  }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { framework, rounds: done } of found) {
      tell(`${scenario} ${framework}, round ${round + 1} of ${rounds}`);
      const own = variants.filter((variant) => variant.frameworks.includes(framework));
      // Whoever comes first finds another machine than who comes last.
      const order = round % 2 === 0 ? own : own.toReversed();
      done.push(await runWarmRound(world, framework, order, { scenario, plan: extent.warm }));
    }
  }
  return found.flatMap(({ framework, rounds: done }) => warmRows(scenario, framework, done));
}
