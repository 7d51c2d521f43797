import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDriftMeter, renderDriftPage } from '../../../src/index.js';
import { decided } from '../events.js';
import { CHROMIUM, openPage } from './chromium.js';

// Where nothing may be left out, its absence is a failure.
const isLeftOut = CHROMIUM === undefined && !process.env['CI'];

async function seen(page: string): ReturnType<typeof openPage> {
  const folder = await mkdtemp(join(tmpdir(), 'agentwrit-page-'));
  try {
    const path = join(folder, 'drift.html');
    await writeFile(path, page);
    return await openPage(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The text of a page as somebody reads it, without what stands between. */
function textOf(dom: string): string {
  const [, body = ''] = dom.split('<body>');
  return body.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
}

describe.skipIf(isLeftOut)('in a browser (left out where there is no Chromium)', () => {
  it('the page says the numbers of the report, and the browser has nothing against it', async () => {
    const meter = createDriftMeter({
      routes: [
        { method: 'GET', path: '/customers/:id' },
        { method: 'DELETE', path: '/orders/:id' },
      ],
    });
    const granted = ['read:data:*', 'write:data:order-ord-4823'];
    for (let index = 0; index < 1234; index += 1) {
      meter(
        decided({ granted, needs: [`read:data:customer-cust-${index % 3}`], at: index * 1000 }),
      );
    }
    for (let index = 0; index < 5; index += 1) {
      meter(decided({ granted, needs: ['write:calendar:team'], at: index * 60_000 }));
    }
    const { dom, log } = await seen(renderDriftPage(meter.report()));
    const text = textOf(dom);
    expect(text).toContain('1,239 requests, 5 refused');
    expect(text).toContain('1 granted, unused');
    expect(text).toContain('1 wider than needed');
    expect(text).toContain('1 needed, denied');
    expect(text).toContain('1 route not reached');
    expect(text).toContain('read:data:* wide: 3 identifiers would do');
    expect(text).toContain('write:data:order-ord-4823 never used');
    expect(text).toContain('DELETE /orders/:id never asked for');
    expect(dom.match(/<rect /g)).toHaveLength(5);
    expect(log).not.toMatch(/CONSOLE|Refused to|net::/);
  }, 90_000);

  it('nothing that events brought along runs or is loaded', async () => {
    const attack =
      '</code></style><script>document.title="ran"</script><img src="http://127.0.0.1:9/x" onerror="document.title=1">';
    const meter = createDriftMeter();
    meter(
      decided({
        granted: [`read:data:${attack}`],
        needs: [`write:data:${attack}`],
        route: attack,
        orchestrator: attack,
        requestId: attack,
      }),
    );
    const { dom, log } = await seen(renderDriftPage(meter.report()));
    expect(dom).toContain('<title>Scope drift</title>');
    expect(dom).not.toMatch(/<script|<img/);
    expect(log).not.toMatch(/CONSOLE|Refused to|net::/);
  }, 90_000);

  it('would say so if something did: the policy of the page stops it', async () => {
    const page = renderDriftPage(createDriftMeter().report()).replace(
      '</main>',
      '<script>document.title="ran"</script><img src="http://127.0.0.1:9/x"></main>',
    );
    const { dom, log } = await seen(page);
    expect(dom).toContain('<title>Scope drift</title>');
    expect(log).toMatch(/CONSOLE.*Content Security Policy/s);
  }, 90_000);
});
