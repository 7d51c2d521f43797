// Metric families in → the text format 0.0.4 as Go's client library arranges it out: sorted by name, then
// by label, nothing between the families.

export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: readonly MetricSample[];
}

export interface MetricSample {
  /** The family's, or with `_bucket`, `_sum`, `_count`. */
  readonly name: string;
  readonly labels: Readonly<Partial<Record<string, string | number>>>;
  readonly value: number;
}

export function formatMetrics(families: readonly MetricFamily[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .toSorted((a, b) => order(a.name, b.name))
    .map(formatFamily)
    .join('');
}

function formatFamily({ name, help, type, samples }: MetricFamily): string {
  const lines = samples
    .map((sample) => ({ key: seriesOf(sample), sample }))
    // A stable sort: the buckets, sum and count of one series stay together and as they are.
    .toSorted((a, b) => order(a.key, b.key))
    .map(({ sample }) => formatSample(sample));
  return `# HELP ${name} ${escape(help)}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

/** All labels but the bound of a bucket. */
function seriesOf({ labels: { le: _le, ...labels } }: MetricSample): string {
  return Object.values(labels).join('\n');
}

function formatSample({ name, labels, value }: MetricSample): string {
  const pairs = Object.entries(labels).toSorted(([a], [b]) => order(a, b));
  const text = pairs.map(([label, of]) => `${label}="${escape(`${of}`).replaceAll('"', '\\"')}"`);
  return `${name}${text.length > 0 ? `{${text.join(',')}}` : ''} ${formatNumber(value)}\n`;
}

// Finite numbers in JavaScript's spelling, which every reader of the format understands.
function formatNumber(value: number): string {
  return Number.isFinite(value) || Number.isNaN(value) ? `${value}` : value > 0 ? '+Inf' : '-Inf';
}

function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
