// A launch token and a key in → an agent at the broker out (protocol §2.5, §10.3).

import { assertAgentIdSegment, assertKnownOptions, assertText } from '@agentwrit/protocol';
import { Agent } from './agent.js';
import type { Deadline } from './deadline.js';
import { readVariable } from './environment.js';
import { assertScopes, assertSignal, type CallOptions } from './option-checks.js';
import { proveKey } from './proof.js';
import {
  type AgentKey,
  generateSigningKey,
  readSigningKey,
  type SigningKey,
} from './signing-key.js';
import { REACH_EXTRAS, type ReachOptions, reach, type Surroundings } from './surroundings.js';
import { untilAborted } from './until-aborted.js';

/** Who an agent is to be. */
export interface AgentOptions extends CallOptions {
  /** Who orchestrates, as a segment of the agent id: `A-Z a-z 0-9 . - _`. */
  readonly orchId: string;
  /** What the agent works on; same characters. */
  readonly taskId: string;
  /** What the agent may do: at least one `action:resource:identifier`. */
  readonly scope: readonly string[];
  /** Ed25519; a fresh one when absent. Used to register, and not kept. */
  readonly key?: AgentKey | undefined;
}

export const AGENT_OPTIONS: readonly (keyof AgentOptions)[] = [
  'orchId',
  'taskId',
  'scope',
  'key',
  'signal',
];

export interface RegisterAgentOptions extends AgentOptions, ReachOptions {
  /** Single use; lives 30 seconds unless its maker said otherwise. */
  readonly launchToken: string;
}

interface Registrant {
  readonly orchId: string;
  readonly taskId: string;
  readonly scope: readonly string[];
  readonly key: SigningKey;
}

/**
 * Registers an agent with nothing but a launch token, which an app or operator made for it: for agents that are
 * not trusted with an app's credentials. The agent has a connection of its own, which needs no closing.
 *
 * @throws TypeError when an option is malformed; the launch token is not used up then
 * @throws AuthenticationError when the launch token is used up, expired or wrong
 * @throws AuthorizationError `scope_violation` when the scope exceeds what the launch token allows
 */
export async function registerAgent(options: RegisterAgentOptions): Promise<Agent> {
  const { launchToken, orchId, taskId, scope, key, signal, ...reaching } = options;
  const surroundings = reach(reaching, (known) => {
    assertKnownOptions(options, 'registerAgent', [...known, ...AGENT_OPTIONS, 'launchToken']);
  });
  assertText(launchToken, 'launchToken');
  const registrant = readRegistrant({ orchId, taskId, scope, key, signal });
  return surroundings.broker.within(signal, (deadline) =>
    register(surroundings, launchToken, registrant, deadline),
  );
}

/**
 * The same, with `AGENTWRIT_BROKER_URL` and `AGENTWRIT_LAUNCH_TOKEN` of the environment.
 *
 * @throws TypeError naming the variable that is missing or empty
 */
export async function registerAgentFromEnv(
  options: Omit<RegisterAgentOptions, 'brokerUrl' | 'launchToken'>,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Agent> {
  assertKnownOptions(options, 'registerAgentFromEnv', [...REACH_EXTRAS, ...AGENT_OPTIONS]);
  return registerAgent({
    ...options,
    brokerUrl: readVariable(env, 'AGENTWRIT_BROKER_URL'),
    launchToken: readVariable(env, 'AGENTWRIT_LAUNCH_TOKEN'),
  });
}

/** The broker finds a bad segment only after it has used up the launch token (protocol §5). @throws TypeError */
export function readRegistrant({ orchId, taskId, scope, key, signal }: AgentOptions): Registrant {
  assertAgentIdSegment(orchId, 'orchId');
  assertAgentIdSegment(taskId, 'taskId');
  assertScopes(scope, 'scope');
  assertSignal(signal);
  return {
    orchId,
    taskId,
    scope: Object.freeze([...scope]),
    key: key === undefined ? generateSigningKey() : readSigningKey(key),
  };
}

/** Challenge, proof of the key, registration. */
export async function register(
  surroundings: Surroundings,
  launchToken: string,
  { orchId, taskId, scope, key }: Registrant,
  deadline: Deadline,
): Promise<Agent> {
  const { broker } = surroundings;
  const nonce = await broker.challenge({ deadline });
  const { publicKey, signature } = await untilAborted(proveKey(key, nonce), deadline.signal);
  const { agentId, token } = await broker.register(
    {
      launch_token: launchToken,
      nonce,
      public_key: publicKey,
      signature,
      orch_id: orchId,
      task_id: taskId,
      requested_scope: scope,
    },
    { deadline },
  );
  return new Agent(surroundings, { agentId, scope, taskId, orchId, token });
}
