// What the broker counts in → the text a Prometheus server scrapes out (protocol §11).

import type { RevocationLevel } from '@agentwrit/protocol';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { formatMetrics, type MetricFamily } from './metrics-text.js';

export interface Metrics {
  /**
   * Any token of any kind; the label is its first scope. Callers choose scopes, so the number of series
   * has no bound; neither has it in the broker.
   */
  readonly tokenIssued: (scope: readonly string[]) => void;
  /** Revocations and releases; not the predecessor at renewal. */
  readonly tokenRevoked: (level: RevocationLevel | 'release') => void;
  /** Every attempt that got past JSON decoding. Successes are the active agents: none ever goes. */
  readonly registration: (status: 'success' | 'failure') => void;
  /** Every comparison of a secret. */
  readonly adminAuth: (status: 'success' | 'failure') => void;
  readonly launchTokenCreated: () => void;
  readonly auditEvent: (eventType: string) => void;
  readonly auditWrite: (seconds: number) => void;
  readonly databaseError: (operation: string) => void;
  readonly auditEventsLoaded: (count: number) => void;
  /** Text format 0.0.4. A scrape counts itself. */
  readonly expose: () => Promise<string>;
}

/** A registry of its own: several brokers live in one process. */
export function createMetrics(): Metrics {
  const registers = [new Registry()];
  const counter = (name: string, help: string, ...labelNames: string[]): Counter =>
    new Counter({ name, help, labelNames, registers });
  const gauge = (name: string, help: string): Gauge => new Gauge({ name, help, registers });

  const issued = counter(
    'agentwrit_tokens_issued_total',
    'Tokens issued, by first scope.',
    'scope',
  );
  const revoked = counter('agentwrit_tokens_revoked_total', 'Revocations, by level.', 'level');
  const registrations = counter(
    'agentwrit_registrations_total',
    'Agent registrations, by outcome.',
    'status',
  );
  const adminAuth = counter(
    'agentwrit_admin_auth_total',
    'Checks of the admin secret, by outcome.',
    'status',
  );
  const launchTokens = counter('agentwrit_launch_tokens_created_total', 'Launch tokens created.');
  const agents = gauge('agentwrit_active_agents', 'Agents registered since the start.');
  // The broker has this one and a histogram `agentwrit_request_duration_seconds`, and uses neither: the
  // first stays at 0, and of the other, which has a label, nothing would ever be seen.
  counter('agentwrit_clock_skew_total', 'Clock skew seen.');
  const auditEvents = counter(
    'agentwrit_audit_events_total',
    'Audit events, by type.',
    'event_type',
  );
  const auditWrites = new Histogram({
    name: 'agentwrit_audit_write_duration_seconds',
    help: 'Duration of writing an audit event to the database.',
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1],
    registers,
  });
  const databaseErrors = counter(
    'agentwrit_db_errors_total',
    'Database errors, by operation.',
    'operation',
  );
  const loaded = gauge('agentwrit_audit_events_loaded', 'Audit events loaded at start.');
  const scrapes = counter(
    'promhttp_metric_handler_requests_total',
    'Total number of scrapes by HTTP status code.',
    'code',
  );
  for (const code of ['200', '500', '503']) scrapes.inc({ code }, 0);
  const scraping = gauge(
    'promhttp_metric_handler_requests_in_flight',
    'Current number of scrapes being served.',
  );

  return {
    tokenIssued: ([first]) => issued.inc({ scope: first ?? 'none' }),
    tokenRevoked: (level) => revoked.inc({ level }),
    registration(status) {
      registrations.inc({ status });
      if (status === 'success') agents.inc();
    },
    adminAuth: (status) => adminAuth.inc({ status }),
    launchTokenCreated: () => launchTokens.inc(),
    auditEvent: (eventType) => auditEvents.inc({ event_type: eventType }),
    auditWrite: (seconds) => auditWrites.observe(seconds),
    databaseError: (operation) => databaseErrors.inc({ operation }),
    auditEventsLoaded: (count) => loaded.set(count),
    async expose() {
      scraping.inc();
      let code = '500';
      try {
        const families = await Promise.all([...registers, processRegistry()].map(familiesOf));
        const text = formatMetrics(families.flat());
        code = '200';
        return text;
      } finally {
        scraping.dec();
        scrapes.inc({ code });
      }
    },
  };
}

let ofProcess: Registry | undefined;

// One for all brokers, from the first scrape on: prom-client watches the garbage collector and the event
// loop with observers that nothing ever stops.
function processRegistry(): Registry {
  if (ofProcess === undefined) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
  }
  return ofProcess;
}

async function familiesOf(registry: Registry): Promise<MetricFamily[]> {
  const metrics = await registry.getMetricsAsJSON();
  return metrics.map(({ name, help, type, values }) => ({
    name,
    help,
    // Declared as a numeric enum, in truth the word of the text format.
    type: String(type),
    samples: values.map((sample) => ({
      name: 'metricName' in sample ? String(sample.metricName) : name,
      labels: sample.labels,
      value: sample.value,
    })),
  }));
}
