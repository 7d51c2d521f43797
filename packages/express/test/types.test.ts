// What the compiler knows. Everything here is checked by tsc; at run time it only has to be declared.

import express, { type Request, type RequestHandler, type Response } from 'express';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { ScriptedBroker } from '../../core/test/fixtures.js';
import {
  type Agent,
  type AgentWritOptions,
  createAgentWrit,
  type ExpressRequest,
  type Guarded,
  guarded,
  publicRoute,
} from '../src/index.js';

const broker = new ScriptedBroker();
const { requireScope, requireAnyScope, authenticate } = createAgentWrit({ broker });
const guard = requireScope('read:data:1');

describe('a handler behind a guard', () => {
  it('has its parameters from the path, and an agent that may be absent', () => {
    const app = express();
    app.get('/customers/:id', guard, authenticate(), publicRoute(), (req, res) => {
      expectTypeOf(req.params.id).toEqualTypeOf<string>();
      expectTypeOf(req.agent).toEqualTypeOf<Agent | undefined>();
      // @ts-expect-error no such parameter
      void req.params.other;
      // @ts-expect-error there may be none
      void req.agent.id;
      res.json({});
    });
    expect(app).toBeDefined();
  });

  it('has an agent that is there in guarded(), its parameters and the response from the path', () => {
    const app = express();
    app.get(
      '/customers/:id/orders/:order',
      guard,
      guarded((req, res, next) => {
        expectTypeOf(req.agent).toEqualTypeOf<Agent>();
        expectTypeOf(req.params.id).toEqualTypeOf<string>();
        expectTypeOf(req.params.order).toEqualTypeOf<string>();
        // @ts-expect-error no such parameter
        void req.params.other;
        // @ts-expect-error it is the guard's
        req.agent = undefined;
        res.status(200).json({});
        next('route');
      }),
      // One behind it as before.
      (req) => {
        expectTypeOf(req.params.order).toEqualTypeOf<string>();
        expectTypeOf(req.agent).toEqualTypeOf<Agent | undefined>();
      },
    );
    app.get(
      '/later/:id',
      guarded(async (req, res) => {
        expectTypeOf(req.params.id).toEqualTypeOf<string>();
        res.json(await Promise.resolve(req.agent.id));
      }),
    );
    app.route('/routed/:id').get(
      guard,
      guarded((req, res) => {
        expectTypeOf(req.params.id).toEqualTypeOf<string>();
        res.json(req.agent.id);
      }),
    );
    express
      .Router({ mergeParams: true })
      .all(
        '/all/:id',
        guard,
        guarded((req, res) => void res.json([req.params.id, req.agent.id])),
      )
      .use(
        '/below/:id',
        guard,
        guarded((req, res) => void res.json([req.params.id, req.agent.id])),
      )
      .use(
        guard,
        guarded((req, res) => void res.json(req.agent.id)),
      );
    app.get(
      /x/,
      guard,
      guarded((req, res) => void res.json([req.params[0], req.agent.id])),
    );
    app.get(
      ['/a/:id', '/b/:id'],
      guard,
      guarded((req, res) => void res.json([req.params['id'], req.agent.id])),
    );
    expect(app).toBeDefined();
  });

  it('takes what its surroundings or its own annotations say in guarded()', () => {
    const app = express();
    app.get<{ id: string }, string, { amount: number }>(
      '/:id',
      guard,
      guarded((req, res) => {
        expectTypeOf(req.body.amount).toEqualTypeOf<number>();
        expectTypeOf(req.agent).toEqualTypeOf<Agent>();
        res.json(req.params.id);
        // @ts-expect-error the answer is a text
        res.json(7);
      }),
    );
    const declared: RequestHandler<{ id: string }> = guarded((req) => {
      expectTypeOf(req.params.id).toEqualTypeOf<string>();
      expectTypeOf(req.agent).toEqualTypeOf<Agent>();
    });
    const annotated = guarded((req: Guarded<Request<{ id: string }>>, res: Response) => {
      res.json([req.params.id, req.agent.id]);
    });
    const alone = guarded((req, res) => {
      expectTypeOf(req.agent).toEqualTypeOf<Agent>();
      expectTypeOf(req).toExtend<ExpressRequest>();
      res.end();
    });
    app.get('/:id', guard, declared, annotated, alone, guarded(alone), (req) => {
      expectTypeOf(req.params.id).toEqualTypeOf<string>();
    });
    function named(req: Guarded<Request>, res: Response): void {
      res.json(req.agent.id);
    }
    app.get('/:id', guard, guarded(named));
    // @ts-expect-error not without guarded()
    app.get('/:id', guard, named);
    // @ts-expect-error not a request
    expect(() => guarded((req: number) => req)).not.toThrow();
    // @ts-expect-error not a function
    expect(() => guarded('handler')).toThrow('"handler"');
  });
});

describe('requireScope', () => {
  it.each([
    // @ts-expect-error two parts
    ['two parts', () => requireScope('read:data')],
    // @ts-expect-error one part
    ['one part', () => requireAnyScope('read')],
    // @ts-expect-error a number
    ['a number', () => requireScope(7)],
    // @ts-expect-error an array
    ['an array', () => requireScope(['read:data:1'])],
    // @ts-expect-error nothing
    ['nothing', () => requireScope()],
    // @ts-expect-error only options
    ['only options', () => requireScope({ maxAge: 0 })],
    // @ts-expect-error no such option
    ['an unknown option', () => requireScope('read:data:1', { maxage: 0 })],
    // @ts-expect-error only authenticate() takes it
    ['optional', () => requireScope('read:data:1', { optional: true })],
    // @ts-expect-error no such option
    ['an unknown option', () => authenticate({ scope: 'read:data:1' })],
  ])('does not compile, nor run, with %s', (_what, build) => {
    expect(build).toThrow(TypeError);
  });

  it("gives functions of the program Express' request", () => {
    requireScope((req) => {
      expectTypeOf(req).toEqualTypeOf<ExpressRequest>();
      expectTypeOf(req.agent).toEqualTypeOf<Agent | undefined>();
      return `read:data:${String(req.params['id'])}`;
    });
    requireAnyScope('read:data:1', async (req) => Promise.resolve([req.originalUrl]), {
      task: (req) => req.get('x-task'),
      maxAge: 0,
    });
    authenticate({ task: (req) => req.hostname, optional: true });
    // @ts-expect-error a number is no scope
    requireScope(() => 7);
    expectTypeOf<Request>().toExtend<ExpressRequest>();
    expectTypeOf<Request<{ id: string }>>().toExtend<ExpressRequest>();
  });

  it('gives them the type they ask for', () => {
    const app = express();
    app.get(
      '/:id',
      requireScope((req: Request<{ id: string }>) => `read:data:${req.params.id}`, {
        task: (req) => {
          expectTypeOf(req.params.id).toEqualTypeOf<string>();
          return req.cookies as string;
        },
      }),
      (req) => expectTypeOf(req.params.id).toEqualTypeOf<string>(),
    );
    // @ts-expect-error not a request
    requireScope((req: string) => req);
    expect(app).toBeDefined();
  });
});

describe('createAgentWrit', () => {
  it("gives functions of the program Express' request, or the type they ask for", () => {
    createAgentWrit({
      broker,
      render: (_problem, req) => {
        expectTypeOf(req).toEqualTypeOf<ExpressRequest>();
        return undefined;
      },
      task: (req) => req.get('x-task'),
    });
    createAgentWrit({ broker, task: (req: Request) => req.header('x-task') });
    const options: AgentWritOptions = { broker, task: ({ hostname }) => hostname };
    createAgentWrit(options);
    // @ts-expect-error no such option
    expect(() => createAgentWrit({ broker, maxage: 5 })).toThrow('maxage');
    // @ts-expect-error no broker
    expect(() => createAgentWrit({ audience: 'orders' })).toThrow('"broker"');
  });
});
