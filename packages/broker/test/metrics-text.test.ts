import { describe, expect, it } from 'vitest';
import { formatMetrics } from '../src/metrics-text.js';

function gauge(name: string, value: number, labels: Record<string, string | number> = {}) {
  return { name, help: 'Help.', type: 'gauge', samples: [{ name, labels, value }] };
}

describe('the text of metrics', () => {
  it('sorts families by name, with nothing between them', () => {
    expect(formatMetrics([gauge('b', 2), gauge('a_b', 1.5), gauge('a', 0)])).toBe(
      ['a', 'a_b', 'b']
        .map((name, i) => `# HELP ${name} Help.\n# TYPE ${name} gauge\n${name} ${[0, 1.5, 2][i]}\n`)
        .join(''),
    );
  });

  it('leaves out a family without series', () => {
    expect(formatMetrics([{ name: 'a', help: '', type: 'counter', samples: [] }])).toBe('');
  });

  it('sorts the series of a family by label and keeps each together', () => {
    const samples = ['b', 'a'].flatMap((kind) => [
      { name: 'd_bucket', labels: { le: 0.5, kind }, value: 1 },
      { name: 'd_bucket', labels: { le: '+Inf', kind }, value: 2 },
      { name: 'd_sum', labels: { kind }, value: 3 },
      { name: 'd_count', labels: { kind }, value: 4 },
    ]);
    expect(formatMetrics([{ name: 'd', help: 'h', type: 'histogram', samples }])).toBe(
      `# HELP d h\n# TYPE d histogram\n${['a', 'b']
        .map(
          (kind) =>
            `d_bucket{kind="${kind}",le="0.5"} 1\nd_bucket{kind="${kind}",le="+Inf"} 2\nd_sum{kind="${kind}"} 3\nd_count{kind="${kind}"} 4\n`,
        )
        .join('')}`,
    );
  });

  it('escapes what would end a label or a line', () => {
    const family = { ...gauge('a', 1, { scope: 'x"\\\n}\r' }), help: 'one\\\n"two"' };
    expect(formatMetrics([family])).toBe(
      '# HELP a one\\\\\\n"two"\n# TYPE a gauge\na{scope="x\\"\\\\\\n}\r"} 1\n',
    );
  });

  it.each([
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [Number.NaN, 'NaN'],
  ])('writes %s as %s', (value, text) => {
    expect(formatMetrics([gauge('a', value)])).toContain(`\na ${text}\n`);
  });
});
