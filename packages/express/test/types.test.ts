// What the compiler knows. Everything here is checked by tsc; at run time it only has to be declared.

import express, { type Request } from 'express';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { ScriptedBroker } from '../../core/test/fixtures.js';
import {
  type Agent,
  type AgentWritOptions,
  createAgentWrit,
  type ExpressRequest,
} from '../src/index.js';

const broker = new ScriptedBroker();
const { requireScope, requireAnyScope, authenticate } = createAgentWrit({ broker });

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
