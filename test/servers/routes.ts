// The options and routes that every server has, whatever its framework and runtime, and what its handlers answer.

import {
  type Agent,
  type AuthenticateOptions,
  type DecisionEvent,
  type GuardOptions,
  type RefusalProblem,
  type RenderedBody,
  type Requirable,
  type RequireScope,
  type RouteOptions,
} from '@agentwrit/core';
import { currentAgent } from '@agentwrit/core/current-agent';

/** How functions of the program read a framework's own request. */
export interface Reader<Native> {
  readonly method: (request: Native) => string;
  readonly param: (request: Native, name: string) => string | undefined;
  /** @param name in lower case */
  readonly header: (request: Native, name: string) => string | undefined;
}

/** One guard in front of a handler. */
export type Guarding<Native> =
  | {
      readonly kind: 'all' | 'any';
      readonly of: readonly [Requirable<Native>, ...Requirable<Native>[]];
      readonly options?: RouteOptions<Native>;
    }
  | { readonly kind: 'authenticate'; readonly options?: AuthenticateOptions<Native> };

/** One route: the same pattern syntax serves all frameworks. */
export interface Route<Native> {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly guards: readonly Guarding<Native>[];
  readonly behind: GuardName;
}

/**
 * The guards of the process: the usual one, one that writes bodies of its own, and one that lets in only what is
 * on record.
 */
export type GuardName = 'main' | 'rendering' | 'recording';

const ORCHESTRATION = 'spiffe://agentwrit.local/agent/orch-1';

export const guardOptions: Omit<GuardOptions, 'broker'> = {
  audience: 'orders',
  maxTokenLength: 8192,
  resource: 'https://api.example.com/orders',
  resourceMetadata: { name: 'Orders' },
};

/** The options of the second one. */
export function renderingOptions<Native>({ method, param }: Reader<Native>): {
  audience: string;
  render: (problem: RefusalProblem, request: Native) => RenderedBody;
} {
  return {
    audience: 'orders',
    render(problem, request) {
      const how = param(request, 'how');
      if (how === 'throws') throw new Error('of the program');
      return {
        body: `${problem.error_code} on ${method(request)}`,
        contentType: 'text/plain; charset=utf-8',
        ...(how === 'hidden' && { status: 404 }),
        ...(how === 'let-in' && { status: 200 }),
      };
    },
  };
}

/** The options of the third one. It cannot record requests of one id, and forgets its promise for another. */
export const recordingOptions: Omit<GuardOptions, 'broker'> = {
  audience: 'orders',
  onDecision: Object.assign(
    ({ requestId }: DecisionEvent) => {
      if (requestId === 'promised-nothing') return undefined;
      return requestId === 'unrecorded'
        ? Promise.reject(new Error('full disk'))
        : Promise.resolve();
    },
    { isRequired: true },
  ),
};

export function routesFor<Native>({ param, header }: Reader<Native>): readonly Route<Native>[] {
  const customer = (request: Native): string => `data:customer-${param(request, 'id')}`;
  const all = (...of: [Requirable<Native>, ...Requirable<Native>[]]): Guarding<Native> => ({
    kind: 'all',
    of,
  });
  const any = (...of: [Requirable<Native>, ...Requirable<Native>[]]): Guarding<Native> => ({
    kind: 'any',
    of,
  });
  const data = (options: RouteOptions<Native>): Guarding<Native> => ({
    kind: 'all',
    of: ['read:data:*'],
    options,
  });
  const get = (path: string, ...guards: Guarding<Native>[]): Route<Native> => ({
    method: 'GET',
    path,
    guards,
    behind: 'main',
  });
  return [
    get('/data', all('read:data:*')),
    { ...get('/data', all('read:data:*')), method: 'POST' },
    get('/always', data({ maxAge: 0 })),
    get('/customers/:id', all('read:data:customer-{id}')),
    get('/orders/:orderId', all('read:data:order-{orderId}', 'write:data:order-{orderId}')),
    get('/tenants/:tenant/rows/:row', all('read:rows:{tenant}-{row}')),
    get('/misdeclared', all('read:data:customer-{id}')),
    get('/any/:id', any('read:data:*', 'read:data:customer-{id}', 'manage:data:all')),
    get(
      '/computed/:id',
      all((request) => `read:${customer(request)}`),
    ),
    get(
      '/computed-later/:id',
      all((request) =>
        Promise.resolve([`read:${customer(request)}`, `write:${customer(request)}`]),
      ),
    ),
    get(
      '/any-computed/:id',
      any('write:data:*', (request) => [`read:${customer(request)}`, `write:${customer(request)}`]),
    ),
    get(
      '/broken/:how',
      all((request) => brokenScopes(param(request, 'how'))),
    ),
    get('/own', data({ delegation: { maxDepth: 0 } })),
    get('/rooted', data({ delegation: { roots: [ORCHESTRATION] } })),
    get('/tasks/:task', data({ task: (request) => param(request, 'task') })),
    get('/task', data({ task: (request) => Promise.resolve(header(request, 'x-task')) })),
    get('/broken-task', data({ task: () => 7 as never })),
    get('/operators', data({ subjects: ['agent', 'admin', 'app'] })),
    get('/me', { kind: 'authenticate' }),
    get('/maybe', { kind: 'authenticate', options: { optional: true } }),
    get('/twice/:id', all('read:data:customer-{id}'), all('write:data:customer-{id}')),
    { ...get('/rendered/:how', all('read:data:*')), behind: 'rendering' },
    { ...get('/recorded', all('read:data:*')), behind: 'recording' },
    {
      ...get('/recorded/maybe', { kind: 'authenticate', options: { optional: true } }),
      behind: 'recording',
    },
  ];
}

function brokenScopes(how: string | undefined): string | Promise<string> {
  const returned: Readonly<Record<string, unknown>> = {
    rejects: Promise.reject(new Error('of the program')),
    nothing: undefined,
    empty: [],
    'two-parts': 'read:data',
    number: 7,
  };
  Promise.resolve(returned['rejects']).catch(() => undefined);
  if (how === 'throws') throw new Error('of the program');
  return returned[how ?? ''] as string;
}

/** Whatever an adapter makes of a route's declaration. */
export interface Guards<Result, Native> {
  readonly requireScope: RequireScope<Result, Native>;
  readonly requireAnyScope: RequireScope<Result, Native>;
  readonly authenticate: (options: AuthenticateOptions<Native>) => Result;
}

export function guardWith<Result, Native>(
  { requireScope, requireAnyScope, authenticate }: Guards<Result, Native>,
  guarding: Guarding<Native>,
): Result {
  const { kind, options = {} } = guarding;
  if (kind === 'authenticate') return authenticate(options);
  return (kind === 'all' ? requireScope : requireAnyScope)(...guarding.of, options);
}

/** What a handler behind the guard answers: all that it can see of the caller. */
export function describe(agent: Agent | undefined): Record<string, unknown> {
  return {
    agent: agent === undefined ? null : describeAgent(agent),
    current: currentAgent()?.id ?? null,
  };
}

function describeAgent(agent: Agent): Record<string, unknown> {
  const readable = agent.identifiers('read', 'data');
  return {
    id: agent.id,
    kind: agent.kind,
    trustDomain: agent.trustDomain ?? null,
    instance: agent.instanceId ?? null,
    task: agent.taskId ?? null,
    orch: agent.orchId ?? null,
    scope: agent.scope,
    token: agent.tokenId,
    livesFor: (agent.expiresAt.getTime() - agent.issuedAt.getTime()) / 1000,
    delegation: agent.delegation,
    delegatedBy: agent.delegatedBy ?? null,
    mayReadCustomer7: agent.can('read:data:customer-7'),
    readable: readable === '*' ? readable : [...readable],
    isFrozen: Object.isFrozen(agent.claims) && Object.isFrozen(agent.claims.scope),
    proof: agent.proof.source,
  };
}
