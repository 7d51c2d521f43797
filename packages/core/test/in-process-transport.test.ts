import { describe, expect, it } from 'vitest';
import { createInProcessTransport } from '../src/in-process-transport.js';

const { signal } = new AbortController();

async function faultOf(answer: () => Response): Promise<unknown> {
  const transport = createInProcessTransport({ fetch: answer });
  return transport.post('/v1/token/validate', '{}', { requestId: 'r', signal }).then(
    ({ body }) => body,
    (fault: unknown) => fault,
  );
}

describe('a broker object', () => {
  it('is asked not to follow redirects when it hands the request on', async () => {
    const asked: Request[] = [];
    const transport = createInProcessTransport({
      fetch(request) {
        asked.push(request);
        return new Response('{}');
      },
    });
    await transport.post('/v1/token/validate', '{"token":"t"}', { requestId: 'r', signal });
    expect(asked.map(({ redirect, method, url }) => [redirect, method, url])).toEqual([
      ['manual', 'POST', 'http://broker.invalid/v1/token/validate'],
    ]);
  });

  it.each([
    { name: 'no UTF-8', bytes: [0x22, 0xff, 0x22] },
    { name: 'half a letter at the end', bytes: [0x22, 0xc3] },
  ])('that answers with $name has answered nonsense', async ({ bytes }) => {
    const fault = await faultOf(() => new Response(Uint8Array.from(bytes)));
    expect(fault).toMatchObject({ code: 'malformed_answer' });
  });

  it('that sends empty chunks for ever is cut off', async () => {
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(0)),
    });
    expect(await faultOf(() => new Response(endless))).toMatchObject({ code: 'malformed_answer' });
  });
});
