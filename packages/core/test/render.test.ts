import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { GuardAnswer, Refusal, Render } from '../src/index.js';
import { requestWith, tokenOf, claimsOf } from './fixtures.js';
import { type FakeRequest, setScene } from './guard-scene.js';

async function refusalWith(render: unknown, scope: string[] = []): Promise<Refusal> {
  const { guard } = setScene<FakeRequest>({ render: render as Render<FakeRequest> });
  const check = guard.requireScope('read:data:7');
  const request = { ...requestWith(tokenOf(claimsOf({ scope }))), request: { name: 'r' } };
  const answer: GuardAnswer = await check(request);
  if (answer.outcome !== 'refuse') throw new Error(answer.outcome);
  return answer.refusal;
}

const plain = await refusalWith(() => undefined);

describe('render', () => {
  it('writes another body, and keeps status, challenge and reason', async () => {
    const refusal = await refusalWith((problem: { detail: string }, request: FakeRequest) => ({
      body: `<p>${request.name}: ${problem.detail}</p>`,
      contentType: 'text/html; charset=utf-8',
    }));
    expect(refusal).toMatchObject({
      status: 403,
      reason: 'insufficient_scope',
      headers: { ...plain.headers, 'content-type': 'text/html; charset=utf-8' },
      body: `<p>r: ${plain.problem.detail}</p>`,
    });
  });

  it('is told everything the body would say', async () => {
    let told: unknown;
    await refusalWith((problem: unknown) => {
      told = problem;
    });
    expect(told).toEqual(JSON.parse(plain.body));
  });

  it('may choose another status of the same hundred', async () => {
    const body = { body: '{}', contentType: 'application/json' };
    expect((await refusalWith(() => ({ ...body, status: 404 }))).status).toBe(404);
  });

  it.each([
    { name: 'nothing', rendered: undefined },
    { name: 'null', rendered: null },
    { name: 'a text', rendered: 'sorry' },
    { name: 'a promise', rendered: Promise.resolve({ body: 'x', contentType: 'text/plain' }) },
    {
      name: 'a promise that fails',
      get rendered() {
        return Promise.reject(new Error('x'));
      },
    },
    { name: 'no type', rendered: { body: 'x' } },
    { name: 'no body', rendered: { contentType: 'text/plain' } },
    { name: 'a header in the type', rendered: { body: 'x', contentType: 'a/b\r\nx: y' } },
    { name: 'an empty type', rendered: { body: 'x', contentType: '' } },
    { name: 'a good status', rendered: { body: 'x', contentType: 'a/b', status: 200 } },
    { name: 'a redirect', rendered: { body: 'x', contentType: 'a/b', status: 302 } },
    { name: 'an outage', rendered: { body: 'x', contentType: 'a/b', status: 503 } },
    { name: 'no whole status', rendered: { body: 'x', contentType: 'a/b', status: 403.5 } },
    { name: 'a status as text', rendered: { body: 'x', contentType: 'a/b', status: '404' } },
  ])('that returns $name leaves the refusal as it was', async ({ rendered }) => {
    expect(await refusalWith(() => rendered)).toEqual(plain);
  });

  it('that throws leaves the refusal as it was', async () => {
    const refusal = await refusalWith(() => {
      throw new Error('marker');
    });
    expect(refusal).toEqual(plain);
    expect(inspect(refusal)).not.toContain('marker');
  });

  it.each([
    { name: 'status', values: [404, 200] },
    { name: 'contentType', values: ['text/plain', 'a/b\r\nx: y'] },
  ])('is held to the $name that was checked', async ({ name, values: [first, ...later] }) => {
    const seen = [first];
    const rendered = Object.defineProperty({ body: 'x', contentType: 'text/plain' }, name, {
      enumerable: true,
      get: () => seen.shift() ?? later[0],
    });
    const refusal = await refusalWith(() => rendered);
    expect([refusal.status, refusal.headers['content-type']]).toContain(first);
  });

  it('cannot change what others are told', async () => {
    const refusal = await refusalWith((problem: Record<string, unknown>) => {
      problem['status'] = 200;
    });
    expect(refusal).toEqual(plain);
  });

  it('has no say in what is admitted', async () => {
    const { guard } = setScene<FakeRequest>({
      render: () => {
        throw new Error('never called');
      },
    });
    const answer = await guard.requireScope('read:data:7')({
      ...requestWith(tokenOf()),
      request: { name: 'r' },
    });
    expect(answer.outcome).toBe('allow');
  });
});
