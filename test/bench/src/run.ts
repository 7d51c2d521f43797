// A plan in → a report out: every scenario of it, round by round.

import type { Plan } from './plan.js';
import { describeMachine } from './report/machine.js';
import type { Report, WarmRow } from './report/report.js';
import { warmRows } from './report/warm-rows.js';
import { type BurstRow, runBurst } from './scenarios/burst.js';
import { runCold } from './scenarios/cold.js';
import { type FarFigures, runFar } from './scenarios/far.js';
import { type FloodRow, runFlood } from './scenarios/flood.js';
import { runMemory } from './scenarios/memory.js';
import { runMicro } from './scenarios/micro.js';
import { runStartup } from './scenarios/startup.js';
import { runWarmRound, type WarmRound, type WarmScenario } from './scenarios/warm.js';
import { type Framework, MAX_AGE_SECONDS, type Variant, VARIANTS } from './variants.js';
import { CONNECTIONS, createWorld, TOKENS, type World } from './world.js';

/** Gets a line for each thing that begins. */
export type Tell = (line: string) => void;

/** @throws Error when a variant does not do its job */
export async function runBench(plan: Plan, tell: Tell): Promise<Report> {
  const { extent, rounds, scenarios } = plan;
  await using world = await createWorld();
  const measured = async <Found>(
    scenario: Plan['scenarios'][number],
    measure: () => Promise<Found>,
  ): Promise<Found | undefined> => {
    if (!scenarios.includes(scenario)) return undefined;
    tell(scenario);
    return measure();
  };

  const warm1 = await measured('warm1', () => runWarm(world, plan, 'warm1', tell));
  const warm1000 = await measured('warm1000', () => runWarm(world, plan, 'warm1000', tell));
  const cold = await measured('cold', () => runCold(world, extent.coldTokens, rounds));
  const burst = await measured('burst', () => runBursts(world, plan));
  const flood = await measured('flood', () => runFloods(world, plan, tell));
  const far = await measured('far', () => runFarBroker(world, plan));
  const memory = await measured('memory', () => runMemory(extent.memoryTokens));
  const startup = await measured('startup', () => runStartup(extent.startups));
  const micro = await measured('micro', () => runMicro(extent));
  return {
    machine: describeMachine(new Date()),
    settings: {
      rounds,
      connections: CONNECTIONS,
      tokens: TOKENS,
      tokenBytes: world.tokens[0]?.token.length ?? 0,
      maxAgeSeconds: MAX_AGE_SECONDS,
    },
    variants: Object.fromEntries(VARIANTS.map(({ name, note }) => [name, note])),
    warm: [...(warm1 ?? []), ...(warm1000 ?? [])],
    ...(cold && { cold }),
    ...(burst && { burst }),
    ...(flood && { flood }),
    ...(far && { far }),
    ...(memory && { memory }),
    ...(startup && { startup }),
    ...(micro && { micro }),
  };
}

async function runWarm(
  world: World,
  { frameworks, variants, rounds, extent }: Plan,
  scenario: WarmScenario,
  tell: Tell,
): Promise<readonly WarmRow[]> {
  const found = frameworks.map((framework) => ({
    framework,
    rounds: [] as (readonly WarmRound[])[],
  }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { framework, rounds: done } of found) {
      tell(`  ${framework}, round ${round + 1} of ${rounds}`);
      const own = variantsOn(framework, variants).filter(
        ({ isRecording }) => scenario === 'warm1' || !isRecording,
      );
      // Whoever comes first finds another machine than who comes last.
      const order = round % 2 === 0 ? own : own.toReversed();
      done.push(await runWarmRound(world, framework, order, { scenario, plan: extent.warm }));
    }
  }
  return found.flatMap(({ framework, rounds: done }) => warmRows(scenario, framework, done));
}

/** All guards that ask the broker about a new token. */
async function runBursts(
  world: World,
  { frameworks, variants, rounds, extent }: Plan,
): Promise<readonly BurstRow[]> {
  const rows: BurstRow[] = [];
  for (const framework of frameworks) {
    for (const variant of variantsOn(framework, variants).filter(({ isAsking }) => isAsking)) {
      const plan = { requests: extent.burstRequests, rounds };
      rows.push(await runBurst(world, framework, variant, plan));
    }
  }
  return rows;
}

/** On one framework: what a flood costs is not the framework's. */
async function runFloods(
  world: World,
  { frameworks, variants, rounds, extent }: Plan,
  tell: Tell,
): Promise<readonly FloodRow[]> {
  const rows: FloodRow[] = [];
  for (const framework of frameworks.slice(0, 1)) {
    for (const variant of variantsOn(framework, variants).filter(({ isGuard }) => isGuard)) {
      tell(`  ${variant.name} on ${framework}`);
      rows.push(...(await runFlood(world, framework, variant, { plan: extent.flood, rounds })));
    }
  }
  return rows;
}

/** Our guard, on one framework: what the distance costs is not the framework's. */
async function runFarBroker(
  world: World,
  { frameworks, rounds, extent }: Plan,
): Promise<FarFigures | undefined> {
  const framework = frameworks.includes('fastify') ? 'fastify' : frameworks[0];
  const ours = VARIANTS.find(({ name }) => name === 'ours');
  return framework && ours && runFar(world, framework, ours, { plan: extent.far, rounds });
}

function variantsOn(framework: Framework, variants: readonly Variant[]): readonly Variant[] {
  return variants.filter(({ frameworks }) => frameworks.includes(framework));
}
