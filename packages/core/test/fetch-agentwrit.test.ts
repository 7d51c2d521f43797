import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  type Agent,
  createAgentWrit,
  type DecisionEvent,
  fromEnv,
  type GuardOptions,
  markOf,
} from '../src/index.js';
import { currentAgent } from '../src/current-agent.js';
import { AGENT_ID, bearer, ScriptedBroker } from './fixtures.js';

function setUp(options: Partial<GuardOptions<Request>> = {}): {
  agentwrit: ReturnType<typeof createAgentWrit>;
  broker: ScriptedBroker;
} {
  const broker = new ScriptedBroker();
  return { agentwrit: createAgentWrit({ broker, ...options }), broker };
}

const url = 'https://api.example.com/customers/7';

function requestOf(scope?: readonly string[]): Request {
  return new Request(url, scope && { headers: bearer(scope) });
}

const greet = (_request: Request, agent: Agent): Response => new Response(agent.id);

describe('withScope', () => {
  it('runs the handler with the agent, and with all that the server handed on', async () => {
    const { agentwrit } = setUp();
    const handler = agentwrit.withScope(
      (request: Request, agent, env: { name: string }, ctx: number) =>
        Response.json([request.url, agent.id, env.name, ctx]),
      'read:data:*',
    );
    const answer = await handler(requestOf(['read:data:*']), { name: 'env' }, 7);
    expect(await answer.json()).toEqual([url, AGENT_ID, 'env', 7]);
  });

  it('answers in its place when the request is refused', async () => {
    const { agentwrit } = setUp();
    const handler = agentwrit.withScope(() => {
      throw new Error('the handler ran');
    }, 'read:data:*');
    const answer = await handler(requestOf());
    expect(answer.status).toBe(401);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toMatchObject({
      instance: '/customers/7',
      required_scope: ['read:data:*'],
    });
  });

  it('lets what the handler throws through', async () => {
    const { agentwrit } = setUp();
    const request = requestOf(['read:data:*']);
    const failing = agentwrit.withScope(() => {
      throw new Error('of the handler');
    }, 'read:data:*');
    await expect(failing(request)).rejects.toThrow('of the handler');
    const rejecting = agentwrit.withScope(
      () => Promise.reject(new Error('of the handler')),
      'read:data:*',
    );
    await expect(rejecting(request)).rejects.toThrow('of the handler');
  });

  it('refuses two values of the header, however the platform has joined them', async () => {
    const { agentwrit } = setUp();
    const handler = agentwrit.withScope(greet, 'read:data:*');
    const { authorization } = bearer();
    for (const others of [[authorization], ['Basic dTpw'], ['']]) {
      const headers = new Headers({ authorization });
      for (const other of others) headers.append('authorization', other);
      expect((await handler(new Request(url, { headers }))).status).toBe(400);
    }
  });

  it.each([
    { name: 'on the request (Bun)', on: { params: { id: '7' } }, rest: [] },
    { name: 'on the second argument', on: {}, rest: [{ params: { id: '7' } }] },
    {
      name: 'promised on the second argument (Next.js)',
      on: {},
      rest: [{ params: Promise.resolve({ id: '7' }) }],
    },
  ])('takes placeholders from the parameters $name', async ({ on, rest }) => {
    const { agentwrit } = setUp();
    const handler = agentwrit.withScope(
      (_request: Request, agent: Agent, ..._rest: unknown[]) => new Response(agent.id),
      'read:data:customer-{id}',
    );
    const send = async (scope: string): Promise<number> =>
      (await handler(Object.assign(requestOf([scope]), on), ...rest)).status;
    expect(await send('read:data:customer-7')).toBe(200);
    expect(await send('read:data:customer-8')).toBe(403);
  });

  it('takes them from where it is told, and from nowhere else', async () => {
    const { agentwrit } = setUp();
    const handler = agentwrit.withScope(greet, 'read:data:customer-{id}', {
      params: (request) => ({ id: new URL(request.url).pathname.split('/').at(-1) }),
    });
    const request = Object.assign(requestOf(['read:data:customer-7']), { params: { id: '8' } });
    expect((await handler(request)).status).toBe(200);
  });

  it.each([
    { name: 'missing', params: () => ({}) },
    { name: 'no object', params: () => '7' },
    { name: 'failing', params: () => Promise.reject(new Error('x')) },
  ])('fails closed when its parameters are $name', async ({ params }) => {
    const { agentwrit } = setUp();
    const handler = agentwrit.withScope(greet, 'read:data:customer-{id}', { params });
    expect((await handler(requestOf(['read:data:*']))).status).toBe(500);
  });

  it('tells the operator of parameters that cannot be read, not of a route without them', async () => {
    const events: DecisionEvent[] = [];
    const { agentwrit } = setUp({ onDecision: (event) => events.push(event) });
    const params = (): never => {
      throw new Error('of the program');
    };
    const handler = agentwrit.withScope(greet, 'read:data:customer-{id}', { params });
    await handler(requestOf(['read:data:*']));
    expect(events).toMatchObject([{ cause: 'function_failed' }]);
  });

  it('names its route in events, and gives functions the request', async () => {
    const events: unknown[] = [];
    const { agentwrit } = setUp({ onDecision: (event) => events.push(event) });
    const handler = agentwrit.withScope(
      greet,
      (request) => `read:data:${new URL(request.url).pathname}`,
      { route: '/customers/:id', task: (request) => `task-${request.method.length - 2}` },
    );
    expect((await handler(requestOf(['read:data:/customers/7']))).status).toBe(200);
    expect(events).toMatchObject([
      { route: '/customers/:id', requiredScope: ['read:data:/customers/7'] },
    ]);
  });

  it('says what it needs', () => {
    const { agentwrit } = setUp();
    const handler = agentwrit.withAnyScope(greet, 'a:b:c', 'a:b:d');
    expect(markOf(handler)).toMatchObject({ match: 'any', scopes: ['a:b:c', 'a:b:d'] });
  });

  it.each([
    { name: 'no handler', args: ['a:b:c'], says: '"handler" must be a function' },
    { name: 'no scope', args: [greet], says: 'at least one scope' },
    { name: 'a bad scope', args: [greet, 'a:b'], says: 'three non-empty parts' },
    { name: 'an unknown option', args: [greet, 'a:b:c', { rout: 'x' }], says: '"rout"' },
    { name: 'no parameters', args: [greet, 'a:b:c', { params: {} }], says: '"params"' },
    { name: 'an empty route', args: [greet, 'a:b:c', { route: '' }], says: '"route"' },
    { name: 'a promise', args: [greet, 'a:b:c', Promise.resolve()], says: 'plain options object' },
    { name: 'optional scopes', args: [greet, 'a:b:c', { optional: true }], says: '"optional"' },
  ])('is not built with $name', ({ args, says }) => {
    const { agentwrit } = setUp();
    const build = agentwrit.withScope as (...args: unknown[]) => unknown;
    expect(() => build(...args)).toThrow(TypeError);
    expect(() => build(...args)).toThrow(says);
  });
});

describe('withAgent', () => {
  it('needs a good token and no scope', async () => {
    const { agentwrit } = setUp();
    const handler = agentwrit.withAgent(greet);
    expect((await handler(requestOf([]))).status).toBe(200);
    expect((await handler(requestOf())).status).toBe(401);
  });

  it('optional: runs without an agent where there are no credentials, and refuses bad ones', async () => {
    const { agentwrit } = setUp();
    const handler = agentwrit.withAgent((_request, agent) => new Response(agent?.id ?? 'nobody'), {
      optional: true,
    });
    expect(await (await handler(requestOf())).text()).toBe('nobody');
    expect(await (await handler(requestOf([]))).text()).toBe(AGENT_ID);
    const bad = new Request(url, { headers: { authorization: 'Bearer garbage' } });
    expect((await handler(bad)).status).toBe(401);
  });
});

describe('currentAgent', () => {
  it('is the caller of the request that is being handled, and nobody outside', async () => {
    const { agentwrit } = setUp();
    const handler = agentwrit.withScope(async () => {
      await new Promise(setImmediate);
      return new Response(currentAgent()?.scope.join(' '));
    }, 'read:data:*');
    const scopes = [['read:data:*'], ['read:data:*', 'x:y:z'], ['x:y:z', 'read:data:*']];
    const answers = await Promise.all(scopes.map((scope) => handler(requestOf(scope))));
    const seen = await Promise.all(answers.map((answer) => answer.text()));
    expect(seen).toEqual(scopes.map((scope) => scope.join(' ')));
    expect(currentAgent()).toBeUndefined();
  });
});

describe('a handler without an agent', () => {
  it('is nobody’s, also when another handler calls it', async () => {
    const { agentwrit } = setUp();
    const inner = agentwrit.withAgent(() => new Response(currentAgent()?.id ?? 'nobody'), {
      optional: true,
    });
    const outer = agentwrit.withScope(() => inner(requestOf()), 'read:data:*');
    expect(await (await outer(requestOf(['read:data:*']))).text()).toBe('nobody');
  });
});

describe('parameters', () => {
  it('are not read from a spoiled prototype, nor where no scope has a place for them', async () => {
    const { agentwrit } = setUp();
    const templated = agentwrit.withScope(greet, 'read:data:customer-{id}');
    Reflect.defineProperty(Object.prototype, 'params', { value: { id: '7' }, configurable: true });
    try {
      expect((await templated(requestOf(['read:data:customer-7']))).status).toBe(500);
    } finally {
      delete (Object.prototype as { params?: object }).params;
    }
    const plain = agentwrit.withScope(greet, 'read:data:*', {
      params: () => new Promise(() => undefined),
    });
    expect((await plain(requestOf())).status).toBe(401);
  });
});

describe('the metadata handler', () => {
  it('serves the document, and is public', async () => {
    const { agentwrit } = setUp({ resource: 'https://api.example.com' });
    agentwrit.withScope(greet, 'read:data:*');
    const { path, handler } = agentwrit.resourceMetadata();
    expect(path).toBe('/.well-known/oauth-protected-resource');
    expect(await handler().json()).toMatchObject({ scopes_supported: ['read:data:*'] });
    expect(markOf(handler)).toBe('public');
  });
});

describe('fromEnv', () => {
  it('asks the broker that the environment names', () => {
    expect(() => fromEnv({ audience: 'orders' }, {})).toThrow('AGENTWRIT_BROKER_URL');
    expect(() => fromEnv({}, { AGENTWRIT_BROKER_URL: 'nonsense' })).toThrow('"broker"');
    expect(fromEnv({}, { AGENTWRIT_BROKER_URL: 'http://127.0.0.1:9' }).stats().hits).toBe(0);
  });
});

describe('the types', () => {
  const { agentwrit } = setUp();

  it('give a guarded handler its agent, and an optional one perhaps', () => {
    agentwrit.withScope((request, agent) => {
      expectTypeOf(request).toEqualTypeOf<Request>();
      expectTypeOf(agent).toEqualTypeOf<Agent>();
      return new Response();
    }, 'read:data:*');
    agentwrit.withAgent(
      (_request, agent) => {
        expectTypeOf(agent).toEqualTypeOf<Agent | undefined>();
        return new Response();
      },
      { optional: true },
    );
    agentwrit.withAgent((_request, agent) => {
      expectTypeOf(agent).toEqualTypeOf<Agent>();
      return new Response();
    });
  });

  it('do not promise an agent where authentication may be optional', () => {
    const wrong = (perhaps: { readonly optional: boolean }): void => {
      // @ts-expect-error the agent may be absent
      agentwrit.withAgent(greet, { optional: true });
      // @ts-expect-error the agent may be absent
      agentwrit.withAgent(greet, perhaps);
    };
    expectTypeOf(wrong).toBeFunction();
  });

  it('keep what the server hands on', () => {
    interface Env {
      readonly KEY: string;
    }
    const handler = agentwrit.withScope(
      (_request: Request, _agent, env: Env) => new Response(env.KEY),
      'read:data:*',
    );
    expectTypeOf(handler).parameters.toEqualTypeOf<[Request, Env]>();
    interface Routed extends Request {
      readonly params: { readonly id: string };
    }
    const routed = agentwrit.withScope(
      (request: Routed) => new Response(request.params.id),
      (request) => `read:data:${request.params.id}`,
    );
    expectTypeOf(routed).parameter(0).toEqualTypeOf<Routed>();
  });

  it('refuse what is no scope', () => {
    const wrong = (): void => {
      // @ts-expect-error two parts
      agentwrit.withScope(greet, 'read:data');
      // @ts-expect-error no parts
      agentwrit.withScope(greet, 'read');
      // @ts-expect-error no scope
      agentwrit.withScope(greet);
      // @ts-expect-error an array
      agentwrit.withScope(greet, ['read:data:*']);
      // @ts-expect-error a misspelt option
      agentwrit.withScope(greet, 'read:data:*', { maxage: 0 });
      // @ts-expect-error only authentication can be optional
      agentwrit.withScope(greet, 'read:data:*', { optional: true });
    };
    expectTypeOf(wrong).toBeFunction();
  });
});
