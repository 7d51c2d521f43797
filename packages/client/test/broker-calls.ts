// A fake broker → everything of the client that asks it, one call for each request that can go wrong, out.

import {
  type Agent,
  AgentWritApp,
  AgentWritOperator,
  type CallOptions,
  type DelegatedToken,
  registerAgent,
  validate,
} from '../src/index.js';
import {
  ADMIN_AUTH,
  ADMIN_LAUNCH,
  AGENT_ID,
  type Answer,
  APP_AUTH,
  AUDIT,
  CHALLENGE,
  DELEGATE,
  type FakeBroker,
  GET_APP,
  HEALTH,
  json,
  LAUNCH,
  LIST_APPS,
  OTHER_ID,
  REGISTER,
  REGISTER_APP,
  RELEASE,
  REMOVE_APP,
  RENEW,
  REVOKE,
  UPDATE_APP,
  VALIDATE,
} from './fake-broker.js';

/** What must be in no error. */
export const SECRETS: RegExp =
  /access-token-\d|launch-token-|app-secret-of-orders|admin-secret-of-ops|client-secret-of-orders|held-token/;

const SCOPE = ['read:data:*'];
const WORK = { orchId: 'orch-1', taskId: 'task-1', scope: SCOPE };

export interface Scene {
  readonly brokerUrl: string;
  readonly timeoutMs: number;
  /** An app and an operator that have authenticated, and two that have not. */
  readonly app: AgentWritApp;
  readonly operator: AgentWritOperator;
  readonly newApp: AgentWritApp;
  readonly newOperator: AgentWritOperator;
  readonly agent: Agent;
  readonly delegated: DelegatedToken;
  readonly close: () => Promise<unknown>;
}

export async function sceneAt({ url }: FakeBroker, timeoutMs: number): Promise<Scene> {
  const connection = { brokerUrl: url, timeoutMs };
  const client = {
    ...connection,
    clientId: 'or-0123456789ab',
    clientSecret: 'app-secret-of-orders',
  };
  const admin = { ...connection, adminSecret: 'admin-secret-of-ops' };
  const apps = [new AgentWritApp(client), new AgentWritApp(client)] as const;
  const operators = [new AgentWritOperator(admin), new AgentWritOperator(admin)] as const;
  const agent = await apps[0].createAgent(WORK);
  await operators[0].revoke({ level: 'task', target: 'another' });
  return {
    ...connection,
    app: apps[0],
    operator: operators[0],
    newApp: apps[1],
    newOperator: operators[1],
    agent,
    delegated: await agent.delegate({ to: OTHER_ID, scope: SCOPE }),
    close: () => Promise.all([...apps, ...operators].map((one) => one.close())),
  };
}

export interface BrokerCall {
  readonly name: string;
  /** The request that goes wrong. */
  readonly route: string;
  /** Whether it may be sent again after it broke off. */
  readonly isSafe: boolean;
  /** Whether others may wait for the same: then a signal ends the waiting only. */
  readonly isShared?: true;
  readonly make: (scene: Scene, options: CallOptions) => Promise<unknown>;
  /** What it needs to succeed, when that is not the usual answer. */
  readonly good?: Answer;
}

const delegatedClaims = {
  iss: '',
  sub: OTHER_ID,
  exp: 2_000_000_300,
  nbf: 2_000_000_000,
  iat: 2_000_000_000,
  jti: '0'.repeat(32),
  scope: SCOPE,
  delegation_chain: [{ agent: AGENT_ID, scope: SCOPE, delegated_at: '2026-02-15T12:00:00Z' }],
};

const create: BrokerCall['make'] = ({ app }, options) => app.createAgent({ ...WORK, ...options });
const register: BrokerCall['make'] = ({ brokerUrl, timeoutMs }, options) =>
  registerAgent({ brokerUrl, timeoutMs, launchToken: 'launch-token-x', ...WORK, ...options });

const ofApps: readonly BrokerCall[] = [
  {
    name: 'createAgent, authenticating',
    route: APP_AUTH,
    isSafe: true,
    isShared: true,
    make: ({ newApp }, options) => newApp.createAgent({ ...WORK, ...options }),
  },
  {
    name: 'createAgent, launch token',
    route: LAUNCH,
    isSafe: false,
    make: create,
  },
  { name: 'createAgent, challenge', route: CHALLENGE, isSafe: true, make: create },
  { name: 'createAgent, registration', route: REGISTER, isSafe: false, make: create },
  { name: 'registerAgent, challenge', route: CHALLENGE, isSafe: true, make: register },
  { name: 'registerAgent, registration', route: REGISTER, isSafe: false, make: register },
  {
    name: 'acceptDelegation',
    route: VALIDATE,
    isSafe: true,
    make: ({ app }, options) => app.acceptDelegation('held-token', options),
    good: json(200, { valid: true, claims: delegatedClaims }),
  },
  {
    name: 'app.validate',
    route: VALIDATE,
    isSafe: true,
    make: ({ app }, options) => app.validate('held-token', options),
  },
  {
    name: 'validate',
    route: VALIDATE,
    isSafe: true,
    make: ({ brokerUrl, timeoutMs }, options) =>
      validate(brokerUrl, 'held-token', { timeoutMs, ...options }),
  },
  { name: 'health', route: HEALTH, isSafe: true, make: ({ app }, options) => app.health(options) },
];

const ofHolders: readonly BrokerCall[] = (['agent', 'delegated'] as const).flatMap((holder) => [
  {
    name: `${holder}.renew`,
    route: RENEW,
    isSafe: false,
    isShared: true,
    make: (scene, options) => scene[holder].renew(options),
  },
  {
    name: `${holder}.release`,
    route: RELEASE,
    isSafe: true,
    isShared: true,
    make: (scene, options) => scene[holder].release(options),
  },
  {
    name: `${holder}.delegate`,
    route: DELEGATE,
    isSafe: false,
    make: (scene, options) => scene[holder].delegate({ to: OTHER_ID, scope: SCOPE, ...options }),
  },
]);

const ID = 'app-orders-0a1b2c';
const REVOCATION = { level: 'task', target: 'task-1' } as const;

const ofOperators: readonly BrokerCall[] = [
  {
    name: 'revoke, authenticating',
    route: ADMIN_AUTH,
    isSafe: true,
    isShared: true,
    make: ({ newOperator }, options) => newOperator.revoke({ ...REVOCATION, ...options }),
  },
  bySession('revoke', REVOKE, true, (operator, options) =>
    operator.revoke({ ...REVOCATION, ...options }),
  ),
  bySession('registerApp', REGISTER_APP, false, (operator, options) =>
    operator.registerApp({ name: 'orders', scopes: SCOPE, ...options }),
  ),
  bySession('listApps', LIST_APPS, true, (operator, options) => operator.listApps(options)),
  bySession('getApp', GET_APP, true, (operator, options) => operator.getApp(ID, options)),
  bySession('updateApp', UPDATE_APP, true, (operator, options) =>
    operator.updateApp(ID, { tokenTtl: 60, ...options }),
  ),
  bySession('removeApp', REMOVE_APP, true, (operator, options) => operator.removeApp(ID, options)),
  bySession('issueLaunchToken', ADMIN_LAUNCH, false, (operator, options) =>
    operator.issueLaunchToken({ agentName: 'orders', scope: SCOPE, ...options }),
  ),
  bySession('auditEvents', AUDIT, true, async (operator, options) => {
    for await (const event of operator.auditEvents(options)) return event;
    return undefined;
  }),
  {
    name: 'operator.validate',
    route: VALIDATE,
    isSafe: true,
    make: ({ operator }, options) => operator.validate('held-token', options),
  },
];

function bySession(
  name: string,
  route: string,
  isSafe: boolean,
  make: (operator: AgentWritOperator, options: CallOptions) => Promise<unknown>,
): BrokerCall {
  return {
    name,
    route,
    isSafe,
    make: ({ operator }, options) => make(operator, options),
  };
}

/** A method that is new belongs here: what goes wrong with it then is proven by every test of faults. */
export const BROKER_CALLS: readonly BrokerCall[] = [...ofApps, ...ofHolders, ...ofOperators];
