// Scopes in → a broker with an app of that ceiling, as the environment of a program names it, out.

import { createBroker } from '@agentwrit/broker';
import { AgentWritOperator } from '@agentwrit/client';

export async function givenBroker(
  scopes: readonly string[],
): Promise<AsyncDisposable & { readonly env: Readonly<Record<string, string>> }> {
  const broker = createBroker({ bcryptCost: 4 });
  const { url } = await broker.listen();
  await using operator = new AgentWritOperator({ brokerUrl: url, adminSecret: broker.adminSecret });
  const app = await operator.registerApp({ name: 'sample-apps', scopes });
  return {
    env: {
      AGENTWRIT_BROKER_URL: url,
      AGENTWRIT_CLIENT_ID: app.clientId,
      AGENTWRIT_CLIENT_SECRET: app.clientSecret,
      AGENTWRIT_ADMIN_SECRET: broker.adminSecret,
    },
    [Symbol.asyncDispose]: () => broker.close(),
  };
}
