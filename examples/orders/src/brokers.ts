// Environment in → a broker to run against, with an app registered at it, out.

import { createBroker } from '@agentwrit/broker';
import { AgentWritApp, AgentWritOperator } from '@agentwrit/client';

/** What the demo needs of a broker, its own or a given one. */
export interface DemoBroker {
  readonly url: string;
  readonly app: AgentWritApp;
  readonly operator: AgentWritOperator;
  /** Stops the broker; absent when it is not ours to stop. */
  readonly stop?: () => Promise<void>;
  close(): Promise<void>;
}

const VARIABLES = [
  'AGENTWRIT_BROKER_URL',
  'AGENTWRIT_CLIENT_ID',
  'AGENTWRIT_CLIENT_SECRET',
  'AGENTWRIT_ADMIN_SECRET',
];

const APP_SCOPES = ['read:data:*', 'write:data:*'];

/** Starts the embedded broker and registers an app at it. */
export async function startOwnBroker(): Promise<DemoBroker> {
  const broker = createBroker();
  const { url } = await broker.listen();
  const operator = new AgentWritOperator({ brokerUrl: url, adminSecret: broker.adminSecret });
  const { clientId, clientSecret } = await operator.registerApp({
    name: 'orders',
    scopes: APP_SCOPES,
  });
  const app = new AgentWritApp({ brokerUrl: url, clientId, clientSecret });
  return {
    url,
    app,
    operator,
    stop: () => broker.close(),
    async close() {
      await Promise.all([app.close(), operator.close()]);
      await broker.close();
    },
  };
}

/**
 * Uses the broker that the environment names. Its app must be allowed `read:data:*` and `write:data:*`.
 *
 * @returns `undefined` when the environment names no broker
 * @throws TypeError when it names one, but not everything that is needed to use it
 */
export function useGivenBroker(
  env: Readonly<Record<string, string | undefined>>,
): DemoBroker | undefined {
  const isSet = (name: string): boolean => Boolean(env[name]);
  if (!VARIABLES.some(isSet)) return undefined;
  const missing = VARIABLES.filter((name) => !isSet(name));
  if (missing.length > 0) {
    throw new TypeError(
      `to use a given broker, set ${missing.join(' and ')} too; to use an embedded one, set none of ${VARIABLES.join(', ')}`,
    );
  }
  const url = env['AGENTWRIT_BROKER_URL'] ?? '';
  const adminSecret = env['AGENTWRIT_ADMIN_SECRET'] ?? '';
  const app = AgentWritApp.fromEnv(env);
  const operator = new AgentWritOperator({ brokerUrl: url, adminSecret });
  return {
    url,
    app,
    operator,
    async close() {
      await Promise.all([app.close(), operator.close()]);
    },
  };
}
