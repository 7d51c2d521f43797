// The broker's word about a token, and the request that brought it, in → the decision out: steps 4 to 7, all of
// them on every request, however well the token is known.

import type { Proof } from '@agentwrit/protocol';
import { Agent, type Identity } from './agent.js';
import type { Clock, Instant } from './clock.js';
import { type Decision, decideScope, refused } from './decision.js';
import type { Vouched } from './questions.js';
import type { RequestFacts } from './request-facts.js';
import { type Route, foreseeNeeds } from './route.js';
import { callProgram, RouteFault } from './route-fault.js';

/**
 * Weighs a good token as far as it can be done at once.
 *
 * @param now when it is weighed
 * @returns nothing where functions of the program have a say: {@link judgeWithProgram}
 * @throws RouteFault
 */
export function judge<Request>(
  { identity, asked }: Vouched,
  source: Proof['source'],
  facts: RequestFacts<Request>,
  route: Route<Request>,
  now: Instant,
): Decision | undefined {
  const agent = new Agent(identity, source, Math.ceil(now.at - asked.at));
  if (isExpired(identity, now.wall)) {
    return refused('invalid_token', 'expired', foreseeNeeds(route, facts), agent);
  }
  const { requirement, task } = route;
  // What was found of this identity at this route, and depends on nothing else, need not be found again.
  if (identity.suits === route) {
    requirement.assertFilled(facts);
    return { outcome: 'allow', agent };
  }
  const breach = route.breachOf(identity);
  if (breach !== undefined) {
    const decision = refused(breach.reason, breach.cause, foreseeNeeds(route, facts), agent);
    const { detail } = breach;
    return detail === undefined ? decision : { ...decision, detail };
  }
  if (requirement.isComputed || task !== undefined) return undefined;
  const coverage = requirement.coverage(identity.held, facts);
  if (coverage === 'none') {
    const needed = { scopes: requirement.resolve(facts), match: requirement.match };
    return refused('insufficient_scope', 'scope', needed, agent);
  }
  if (coverage === 'always') identity.suits = route;
  return { outcome: 'allow', agent };
}

/**
 * Asks the functions of the program about a token that nothing else speaks against.
 *
 * Rejects with a RouteFault when one of them fails.
 */
export async function judgeWithProgram<Request>(
  { identity, asked }: Vouched,
  source: Proof['source'],
  facts: RequestFacts<Request>,
  route: Route<Request>,
  clock: Clock,
): Promise<Decision> {
  const agent = new Agent(identity, source, Math.ceil(clock.monotonic() - asked.at));
  const { requirement, task } = route;
  if (task !== undefined) {
    const named: unknown = await callProgram(task, facts.request, '"task"');
    if (named !== undefined && typeof named !== 'string') {
      throw new RouteFault('named_task', '"task" must return a task id, or undefined');
    }
    // The empty text names no task, whatever a token might say.
    if (!named || named !== identity.claims.task_id) {
      return refused('policy_denied', 'task', foreseeNeeds(route, facts), agent);
    }
  }
  const needed = { scopes: await requirement.compute(facts), match: requirement.match };
  // The program may have taken its time.
  return isExpired(identity, clock.now())
    ? refused('invalid_token', 'expired', needed, agent)
    : decideScope(agent, identity.held, needed);
}

// `exp` is inclusive and in whole seconds (protocol §3.4). Written so that no clock at all is no pass.
export function isExpired({ claims }: Pick<Identity, 'claims'>, now: number): boolean {
  return !(Math.floor(now / 1000) <= claims.exp);
}
