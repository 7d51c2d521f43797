// Decisions in → attributes on the request's span, spans of their own and metrics of OpenTelemetry out.

import {
  metrics,
  type Meter,
  type MeterProvider,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import {
  assertBoolean,
  assertKnownOptions,
  assertNumber,
  type DecisionEvent,
  type DecisionSink,
} from '@agentwrit/protocol';
import { DEFAULT_MAX_ROUTES, RouteNames } from '../route-names.js';
import { verdictClassOf } from '../verdict-class.js';
import { countAttributesOf, measureAttributesOf, spanAttributesOf } from './attributes.js';
import { createInstruments, type Instruments } from './instruments.js';
import { ATTRIBUTES, DECISION_SPAN } from './names.js';

export interface OpenTelemetrySinkOptions {
  /** Default: the one that the program has registered. */
  readonly tracer?: Tracer;
  /** Default: the one that the program has registered. */
  readonly meter?: Meter;
  /** A span of its own for each decision, below the request's. Default false: only attributes on the request's. */
  readonly spans?: boolean;
  /** How many routes metrics tell apart; the others are `_other`. Default 500. */
  readonly maxRoutes?: number;
}

const SCOPE_NAME = '@agentwrit/audit';

/**
 * Puts what was decided, and for whom, on the span that is active: the request's, where its server is
 * instrumented. Counts and measures decisions, without agents, tasks, tokens or scopes, of which there is no end.
 * The names are in {@link ATTRIBUTES}. Does nothing as long as the program has registered no SDK.
 *
 * @throws TypeError when an option is wrong
 * @example
 * const { requireScope } = createAgentWrit({ broker, onDecision: createOpenTelemetrySink({ spans: true }) });
 */
export function createOpenTelemetrySink(options: OpenTelemetrySinkOptions = {}): DecisionSink {
  assertKnownOptions(options, 'createOpenTelemetrySink', ['tracer', 'meter', 'spans', 'maxRoutes']);
  const { tracer, meter, spans = false, maxRoutes = DEFAULT_MAX_ROUTES } = options;
  if (tracer !== undefined && typeof tracer?.startSpan !== 'function') {
    throw new TypeError('"tracer" must be a Tracer of OpenTelemetry');
  }
  if (meter !== undefined && typeof meter?.createHistogram !== 'function') {
    throw new TypeError('"meter" must be a Meter of OpenTelemetry');
  }
  assertBoolean(spans, 'spans');
  assertNumber(maxRoutes, 'maxRoutes', { min: 0, max: 100_000, isWhole: true });
  const routes = new RouteNames(maxRoutes);
  const instruments = meter === undefined ? registeredInstruments() : givenInstruments(meter);

  return (event) => {
    const { decisions, durations, ages } = instruments();
    decisions.add(1, countAttributesOf(event, routes));
    durations.record(event.durationUs / 1e6, measureAttributesOf(event));
    const { proof } = event;
    if (proof) ages.record(proof.ageMs / 1000, { [ATTRIBUTES.proofSource]: proof.source });
    // Last: a tracer of the program's that throws keeps nothing from being counted.
    describeOnSpan(event, spans ? (tracer ?? trace.getTracer(SCOPE_NAME)) : undefined);
  };
}

function describeOnSpan(event: DecisionEvent, tracer: Tracer | undefined): void {
  const active = trace.getActiveSpan();
  const isHeard = active?.isRecording() ?? false;
  if (!isHeard && tracer === undefined) return;
  const attributes = spanAttributesOf(event);
  if (isHeard) active?.setAttributes(attributes);
  if (tracer === undefined) return;
  const span = tracer.startSpan(DECISION_SPAN, {
    startTime: event.time - event.durationUs / 1000,
    attributes,
  });
  // A refusal is an answer. The request's own span gets its status from its server.
  if (verdictClassOf(event) === 'undecided') {
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.setAttribute(ATTRIBUTES.errorType, event.reason ?? '');
  }
  span.end(event.time);
}

function givenInstruments(meter: Meter): () => Instruments {
  const instruments = createInstruments(meter);
  return () => instruments;
}

/** Unlike a tracer, a meter that was got before the SDK was registered stays idle for ever. */
function registeredInstruments(): () => Instruments {
  let provider: MeterProvider | undefined;
  let instruments: Instruments | undefined;
  return () => {
    const registered = metrics.getMeterProvider();
    if (instruments === undefined || registered !== provider) {
      provider = registered;
      instruments = createInstruments(registered.getMeter(SCOPE_NAME));
    }
    return instruments;
  };
}
