// Environment in → a broker to run against, with an app registered at it, out.

import { createBroker } from '@agentwrit/broker';
import { AgentWritApp, AgentWritOperator } from '@agentwrit/client';

/** What an example needs of a broker, its own or a given one. Closing it closes the app too. */
export interface ExampleBroker extends AsyncDisposable {
  readonly url: string;
  readonly app: AgentWritApp;
  /** Stops the broker; absent when it is not ours to stop. */
  readonly stop?: () => Promise<void>;
}

export interface OperatedBroker extends ExampleBroker {
  readonly operator: AgentWritOperator;
  /** What a guard's `createAuditFeed()` asks for. */
  readonly adminSecret: string;
}

/** All that agents of the app `sample-apps` can ever hold: what the examples need, taken together. */
export const CEILING: readonly string[] = [
  'read:data:*',
  'write:data:*',
  'read:analytics:*',
  'write:reports:*',
  'read:records:*',
  'write:records:*',
  'read:billing:*',
  'write:billing:*',
  'read:labs:*',
  'read:prescriptions:*',
  'write:prescriptions:*',
  'read:deploy:*',
  'write:deploy:*',
  'read:config:*',
  'read:trades:*',
  'write:trades:*',
  // Content moderation.
  'read:posts:*',
  'delete:posts:*',
  'read:users:*',
  'write:users:*',
];

type Environment = Readonly<Record<string, string | undefined>>;

const BROKER_URL = 'AGENTWRIT_BROKER_URL';
const CLIENT_ID = 'AGENTWRIT_CLIENT_ID';
const CLIENT_SECRET = 'AGENTWRIT_CLIENT_SECRET';
const ADMIN_SECRET = 'AGENTWRIT_ADMIN_SECRET';

/**
 * The broker that the environment names; if it names none, an embedded one.
 *
 * @throws TypeError when the environment names a broker, but not everything that is needed to use it
 */
export async function openBroker(env: Environment): Promise<ExampleBroker> {
  const given = readVariables(env, [BROKER_URL, CLIENT_ID, CLIENT_SECRET]);
  if (given === undefined) return startOwnBroker();
  const app = openApp(given);
  return { url: app.brokerUrl, app, [Symbol.asyncDispose]: () => app.close() };
}

/** The same for an example that is the operator as well, and so needs the admin secret. */
export async function openOperatedBroker(env: Environment): Promise<OperatedBroker> {
  const given = readVariables(env, [BROKER_URL, CLIENT_ID, CLIENT_SECRET, ADMIN_SECRET]);
  if (given === undefined) return startOwnBroker();
  const app = openApp(given);
  const adminSecret = given(ADMIN_SECRET);
  const operator = new AgentWritOperator({ brokerUrl: given(BROKER_URL), adminSecret });
  return {
    url: app.brokerUrl,
    app,
    operator,
    adminSecret,
    async [Symbol.asyncDispose]() {
      await Promise.all([app.close(), operator.close()]);
    },
  };
}

/** Starts the embedded broker and registers the app at it. */
async function startOwnBroker(): Promise<OperatedBroker> {
  const broker = createBroker();
  const { adminSecret } = broker;
  const { url } = await broker.listen();
  const operator = new AgentWritOperator({ brokerUrl: url, adminSecret });
  const { clientId, clientSecret } = await operator.registerApp({
    name: 'sample-apps',
    scopes: CEILING,
  });
  const app = new AgentWritApp({ brokerUrl: url, clientId, clientSecret });
  return {
    url,
    app,
    operator,
    adminSecret,
    stop: () => broker.close(),
    async [Symbol.asyncDispose]() {
      await Promise.all([app.close(), operator.close()]);
      await broker.close();
    },
  };
}

function openApp(given: (name: string) => string): AgentWritApp {
  return new AgentWritApp({
    brokerUrl: given(BROKER_URL),
    clientId: given(CLIENT_ID),
    clientSecret: given(CLIENT_SECRET),
  });
}

/** All of the variables or, when none is set, `undefined`: half of them is a mistake. */
function readVariables(
  env: Environment,
  names: readonly string[],
): ((name: string) => string) | undefined {
  const valueOf = (name: string): string => env[name] ?? '';
  const missing = names.filter((name) => valueOf(name) === '');
  if (missing.length === names.length) return undefined;
  if (missing.length === 0) return valueOf;
  throw new TypeError(
    `to use a given broker, set ${missing.join(' and ')} too; to use an embedded one, set none of ${names.join(', ')}`,
  );
}
