// What the compiler knows. Everything here is checked by tsc; at run time it only has to be declared.

import express, { type Request, type RequestHandler, type Response } from 'express';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { ScriptedBroker } from '../../core/test/fixtures.js';
import {
  type Agent,
  createAgentWrit,
  type ExpressRequest,
  type Guarded,
  guarded,
  publicRoute,
} from '../src/index.js';

const { requireScope, authenticate } = createAgentWrit({ broker: new ScriptedBroker() });
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
