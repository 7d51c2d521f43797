// An app, its agent, a delegation and their ends.

import {
  type Agent,
  AgentWritApp,
  AgentWritError,
  type AgentWritErrorCode,
  AgentWritOperator,
  type BearerHeader,
  scopeIsSubset,
  validate,
} from '@agentwrit/client';

export async function work(delegate: string): Promise<BearerHeader | undefined> {
  await using app = AgentWritApp.fromEnv();
  await using agent: Agent = await app.createAgent({
    orchId: 'order-worker',
    taskId: 'process-ord-4823',
    scope: ['read:data:customer-7291'],
  });
  const handedOn = await agent.delegate({ to: delegate, scope: ['read:data:customer-7291'] });
  const { valid } = await validate('http://127.0.0.1:8080', handedOn.accessToken);
  return valid && scopeIsSubset(['read:data:customer-7291'], agent.scope)
    ? agent.bearerHeader
    : undefined;
}

export async function register(adminSecret: string): Promise<string> {
  const operator = new AgentWritOperator({ brokerUrl: 'http://127.0.0.1:8080', adminSecret });
  const app = await operator.registerApp({ name: 'orders', scopes: ['read:data:*'] });
  // @ts-expect-error There is no such level.
  await operator.revoke({ level: 'app', target: app.clientId });
  return app.clientSecret;
}

export function codeOf(error: unknown): AgentWritErrorCode | undefined {
  return error instanceof AgentWritError ? error.code : undefined;
}
