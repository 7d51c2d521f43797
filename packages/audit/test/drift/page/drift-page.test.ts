import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDriftMeter, type DriftReport, renderDriftPage } from '../../../src/index.js';
import { agentOf, type Asked, decided, registered, START } from '../events.js';

function pageOf(...requests: readonly Asked[]): string {
  const meter = createDriftMeter();
  for (const request of requests) meter(decided(request));
  return renderDriftPage(meter.report());
}

const PLACE = 'qqq';

/** With the text in every place that may hold what somebody else has chosen. */
function reportOf(text: string): DriftReport {
  const meter = createDriftMeter({ routes: [{ method: PLACE, path: PLACE }] });
  const scope = `read:data:${PLACE}`;
  const base = {
    granted: [scope, 'write:data:*'],
    orchestrator: PLACE,
    task: `task-${PLACE}-1`,
    agent: PLACE,
    method: PLACE,
    route: PLACE,
    requestId: PLACE,
  };
  meter(decided({ ...base, needs: [`write:data:${PLACE}`] }));
  meter(decided({ ...base, needs: [`delete:${PLACE}:x`, `delete:data:${PLACE}`] }));
  meter(decided({ ...base, needs: [`a:b:${PLACE}`, `c:d:${PLACE}`], match: 'any' }));
  meter(decided({ ...base, needs: ['x:y:z'], route: `/${PLACE}` }));
  meter.readAuditEvent(registered('process-ord-1', [scope], { app: PLACE }));
  const report = JSON.stringify(meter.report(), (_key, value: unknown) =>
    typeof value === 'string' ? value.replaceAll(PLACE, () => text) : value,
  );
  return JSON.parse(report) as DriftReport;
}

/** What stands in a page as markup: all tags with the names of their attributes, and no text. */
function markupOf(page: string): readonly string[] {
  const [, body = ''] = page.split('</style>');
  return Array.from(body.matchAll(/<[^>]*>/g), ([tag]) =>
    tag.replaceAll(/"[^"]*"/g, '""').replaceAll(/\s+/g, ' '),
  );
}

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</style></title></textarea><svg onload=alert(1)>',
  '&lt;script&gt;',
  '`${alert(1)}`',
  '<!-- -->',
  'javascript:alert(1)',
  '\u202etxt.exe\u2066\u200b\u0000\u001b[2J\u2028',
  '\ud800',
  '$&$1$`',
];

describe('a page', () => {
  it('loads nothing and runs nothing', () => {
    const page = pageOf({ granted: ['read:data:a'], needs: ['read:data:b'] });
    expect(page.replaceAll('&#39;', "'")).toMatch(
      /<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">/,
    );
    expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|https?:|src=|\son\w+=/i);
  });

  it.each(HOSTILE)('keeps text in its place: %j', (text) => {
    const page = renderDriftPage(reportOf(text));
    // As many tags as with a text that is harmless.
    expect(markupOf(page)).toEqual(markupOf(renderDriftPage(reportOf(PLACE))));
    expect(page.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  });

  it('keeps any text in its place', () => {
    const harmless = markupOf(renderDriftPage(reportOf(PLACE)));
    const parts = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...HOSTILE));
    const text = fc.array(parts, { maxLength: 4 }).map((some) => some.join(''));
    fc.assert(
      fc.property(text, (some) => {
        const page = renderDriftPage(reportOf(some));
        expect(markupOf(page)).toEqual(harmless);
        expect(page.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 300 },
    );
  });

  it('shows what nobody would see', () => {
    const page = renderDriftPage(reportOf('a\u202eb'));
    expect(page).toContain(String.raw`read:data:a\u{202e}b`);
  });

  it('stays of a size that a browser opens, whatever there was', () => {
    const meter = createDriftMeter();
    for (let number = 0; number < 30_000; number += 1) {
      const word = Array.from(String(number), (digit) => 'ghijklmnop'.charAt(Number(digit))).join(
        '',
      );
      meter(
        decided({
          orchestrator: `worker-${number % 100}`,
          granted: [`read:${word}:a`, `write:data:${word}`],
          needs: number % 2 === 0 ? [`write:data:${word}`] : [`delete:data:${word}`],
          route: `/${word}`,
        }),
      );
    }
    expect(meter.report().groups).toHaveLength(100);
    const page = renderDriftPage(meter.report());
    // 60 of the scopes and 40 of the denied ones of each group, 100 routes and a header or two.
    expect(page.match(/<tr /g)?.length).toBeLessThanOrEqual(100 * (60 + 40) + 100);
    expect(page.length).toBeLessThan(8 * 2 ** 20);
  });

  it('tells groups apart that differ in the app alone, and counts as people do', () => {
    const meter = createDriftMeter();
    for (const [number, app] of ['app-orders-1', 'app-orders-2', 'app-orders-3'].entries()) {
      meter.readAuditEvent(registered('process-ord-1', ['read:data:*'], { app, instance: number }));
      const agent = agentOf('process-ord-1', number);
      meter(
        decided({ task: 'process-ord-1', agent, granted: ['read:data:*'], needs: ['read:data:a'] }),
      );
    }
    const page = renderDriftPage(meter.report());
    const contents = /<nav.*?<\/nav>/s.exec(page)?.[0];
    for (const number of [1, 2, 3]) expect(contents).toContain(`app-orders-${number}`);
    expect(page).toContain('used for 1 identifier<');
    expect(page).not.toContain('1 identifiers');
  });

  it('is there when there is nothing to show', () => {
    const page = renderDriftPage(createDriftMeter().report());
    expect(page).toContain('nothing was recorded');
    expect(page).not.toContain('undefined');
  });

  it('does not fall over a clock that is beyond any calendar', () => {
    const page = pageOf({ granted: ['read:data:a'], needs: ['read:data:b'], at: 9e15 - START });
    expect(page).toContain('beyond any calendar');
  });
});
