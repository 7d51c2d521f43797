import { SpanStatusCode, trace } from '@opentelemetry/api';
import type { MetricData } from '@opentelemetry/sdk-metrics';
import { afterEach, describe, expect, it } from 'vitest';
import { Deferred, requestWith, tokenOf, vouch } from '../../../core/test/fixtures.js';
import { outcomeOf, setScene } from '../../../core/test/guard-scene.js';
import {
  ATTRIBUTES,
  createOpenTelemetrySink,
  DECISION_COUNTER,
  DECISION_DURATION,
  DECISION_SPAN,
  type OpenTelemetrySinkOptions,
  PROOF_AGE,
} from '../../src/opentelemetry/index.js';
import { AGENT_ID, allowed, NOON_MS, refused } from '../decision.js';
import { createSdk, type Sdk, unregister } from './sdk.js';

afterEach(unregister);

function registered(): Sdk {
  const sdk = createSdk();
  sdk.register();
  return sdk;
}

/** Does it in a request's own span. */
function inSpan<Result>(name: string, run: () => Result): Result {
  return trace.getTracer('server').startActiveSpan(name, (span) => {
    const result = run();
    if (result instanceof Promise) void result.finally(() => span.end());
    else span.end();
    return result;
  });
}

function pointsOf(metrics: readonly MetricData[], name: string): MetricData['dataPoints'] {
  return metrics.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? [];
}

const ALLOWED_ATTRIBUTES = {
  'agentwrit.outcome': 'allow',
  'agentwrit.request.id': 'req-1',
  'agentwrit.agent.id': AGENT_ID,
  'agentwrit.task.id': 'process-ord-4823',
  'agentwrit.orchestrator.id': 'order-worker',
  'agentwrit.token.id': '00112233445566778899aabbccddeeff',
  'agentwrit.delegation.depth': 1,
  'agentwrit.delegation.root':
    'spiffe://agentwrit.local/agent/order-worker/process-ord-4823/fedcba9876543210',
  'agentwrit.proof.source': 'cache',
  'agentwrit.proof.age_ms': 1500,
  'agentwrit.scope.required': ['read:data:customer-cust-7291'],
  'agentwrit.scope.used': ['read:data:*'],
};

const REFUSED_ATTRIBUTES = {
  'agentwrit.outcome': 'refuse',
  'agentwrit.reason': 'missing_token',
  'agentwrit.cause': 'no_bearer_token',
  'agentwrit.request.id': 'req-2',
  'agentwrit.scope.required': ['read:data:customer-cust-7291'],
};

describe('an OpenTelemetry sink', () => {
  it.each([
    { name: 'let in', event: allowed(), attributes: ALLOWED_ATTRIBUTES },
    { name: 'refused', event: refused(), attributes: REFUSED_ATTRIBUTES },
  ])('puts a decision on the active span: $name', ({ event, attributes }) => {
    const sdk = registered();
    inSpan('GET /customers/:id', () => createOpenTelemetrySink()(event));
    const [span, ...others] = sdk.spans();
    expect(others).toEqual([]);
    expect(span?.attributes).toEqual(attributes);
    expect(span?.status.code).toBe(SpanStatusCode.UNSET);
  });

  it('puts each decision of a guard on the span of its own request, when it had to wait for the broker, too', async () => {
    const sdk = registered();
    const { broker, guard } = setScene({ onDecision: createOpenTelemetrySink() });
    const slow = new Deferred<Response>();
    broker.answer = () => slow.promise;
    const check = guard.requireScope('read:data:customer-cust-7291');
    const answers = ['first', 'second'].map((requestId) =>
      inSpan(requestId, async () => check(requestWith(tokenOf(), { requestId }))),
    );
    // Another request has come in when the broker answers.
    inSpan('third', () => slow.resolve(vouch(tokenOf())));
    for (const answer of answers) expect(outcomeOf(await answer)).toBe('allow');
    await inSpan('fourth', () => check(requestWith(tokenOf(), { requestId: 'fourth' })));
    expect(broker.calls).toHaveLength(1);
    const told = sdk
      .spans()
      .map(({ name, attributes }) => [name, attributes[ATTRIBUTES.requestId]]);
    expect(Object.fromEntries(told)).toEqual({
      first: 'first',
      second: 'second',
      third: undefined,
      fourth: 'fourth',
    });
  });

  it('has a span of its own for a decision when asked to, below the request, from its arrival to the decision', () => {
    const sdk = registered();
    inSpan('request', () => createOpenTelemetrySink({ spans: true })(allowed()));
    const [span, request] = sdk.spans();
    expect(span?.name).toBe(DECISION_SPAN);
    expect(span?.attributes).toEqual(ALLOWED_ATTRIBUTES);
    expect(span?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId);
    const seconds = NOON_MS / 1000;
    expect(span?.startTime).toEqual([seconds - 1, 999_750_000]);
    expect(span?.endTime).toEqual([seconds, 0]);
    expect(span?.status.code).toBe(SpanStatusCode.UNSET);
  });

  it('marks the span of its own, and only that, as an error where nobody could decide', () => {
    const sdk = registered();
    const sink = createOpenTelemetrySink({ spans: true });
    inSpan('request', () => sink(refused({ reason: 'broker_unavailable' })));
    sink(refused({ reason: 'invalid_token' }));
    const [undecided, request, invalid] = sdk.spans();
    expect(undecided?.status.code).toBe(SpanStatusCode.ERROR);
    expect(undecided?.attributes[ATTRIBUTES.errorType]).toBe('broker_unavailable');
    expect([request?.status.code, invalid?.status.code]).toEqual([
      SpanStatusCode.UNSET,
      SpanStatusCode.UNSET,
    ]);
    expect(invalid?.attributes).not.toHaveProperty(ATTRIBUTES.errorType);
  });

  it('counts decisions by what there is a bounded number of', async () => {
    const sdk = registered();
    const sink = createOpenTelemetrySink({ maxRoutes: 1 });
    for (const number of [1, 2, 3]) {
      sink(
        allowed({ agentId: `agent-${number}`, taskId: `task-${number}`, requestId: `${number}` }),
      );
    }
    sink(refused({ method: 'BREW', route: '/made-up' }));
    const { route: _route, ...elsewhere } = refused();
    sink(elsewhere);
    const points = pointsOf(await sdk.metrics(), DECISION_COUNTER);
    expect(points.map(({ attributes, value }) => [attributes, value])).toEqual([
      [
        {
          'agentwrit.outcome': 'allow',
          'agentwrit.proof.source': 'cache',
          'http.request.method': 'GET',
          'http.route': '/customers/:id',
        },
        3,
      ],
      [
        {
          'agentwrit.outcome': 'refuse',
          'agentwrit.reason': 'missing_token',
          'http.request.method': '_OTHER',
          'http.route': '_other',
        },
        1,
      ],
      [
        {
          'agentwrit.outcome': 'refuse',
          'agentwrit.reason': 'missing_token',
          'http.request.method': 'GET',
        },
        1,
      ],
    ]);
  });

  it('measures in seconds how long decisions took and how old their proofs were', async () => {
    const sdk = registered();
    const sink = createOpenTelemetrySink();
    sink(allowed({ durationUs: 30 }));
    sink(refused({ durationUs: 2 }));
    const metrics = await sdk.metrics();
    expect(metrics.map(({ descriptor: { name, unit } }) => [name, unit])).toEqual([
      ['agentwrit.decisions', '{decision}'],
      ['agentwrit.decision.duration', 's'],
      ['agentwrit.proof.age', 's'],
    ]);
    const durations = pointsOf(metrics, DECISION_DURATION);
    expect(durations.map(({ attributes }) => attributes)).toEqual([
      { 'agentwrit.outcome': 'allow', 'agentwrit.proof.source': 'cache' },
      { 'agentwrit.outcome': 'refuse' },
    ]);
    expect(durations.map(({ value }) => value)).toEqual([
      expect.objectContaining({ sum: 3e-5 }),
      expect.objectContaining({ sum: 2e-6 }),
    ]);
    const [{ value } = { value: undefined }] = durations;
    expect(value).toMatchObject({
      buckets: { boundaries: expect.arrayContaining([1e-6, 5e-5, 2]) },
    });
    const ages = pointsOf(metrics, PROOF_AGE);
    expect(ages.map((point) => [point.attributes, point.value])).toEqual([
      [{ 'agentwrit.proof.source': 'cache' }, expect.objectContaining({ sum: 1.5 })],
    ]);
  });

  it('does nothing where no SDK is registered, and begins when one is', async () => {
    const sink = createOpenTelemetrySink({ spans: true });
    expect(() => sink(allowed())).not.toThrow();
    const sdk = registered();
    sink(allowed());
    expect(sdk.spans()).toHaveLength(1);
    const [point] = pointsOf(await sdk.metrics(), DECISION_COUNTER);
    expect(point?.value).toBe(1);
  });

  it('takes the tracer and the meter that it is given', async () => {
    const sdk = createSdk();
    const tracer = sdk.tracerProvider.getTracer('mine');
    const meter = sdk.meterProvider.getMeter('mine');
    createOpenTelemetrySink({ tracer, meter, spans: true })(allowed());
    expect(sdk.spans()).toHaveLength(1);
    expect(pointsOf(await sdk.metrics(), DECISION_COUNTER)).toHaveLength(1);
  });

  it('leaves half of the routes to those who have a good token', async () => {
    const sdk = createSdk();
    const meter = sdk.meterProvider.getMeter('mine');
    const sink = createOpenTelemetrySink({ meter, maxRoutes: 2 });
    for (const route of ['/made-up/1', '/made-up/2'])
      sink(allowed({ outcome: 'anonymous', route }));
    sink(allowed({ route: '/orders' }));
    const points = pointsOf(await sdk.metrics(), DECISION_COUNTER);
    expect(points.map(({ attributes }) => attributes['http.route'])).toEqual([
      '/made-up/1',
      '_other',
      '/orders',
    ]);
  });

  it('counts what a tracer throws on', async () => {
    const sdk = createSdk();
    const meter = sdk.meterProvider.getMeter('mine');
    const tracer = sdk.tracerProvider.getTracer('mine');
    tracer.startSpan = () => {
      throw new Error('out of order');
    };
    const sink = createOpenTelemetrySink({ meter, tracer, spans: true });
    expect(() => sink(allowed())).toThrow('out of order');
    expect(pointsOf(await sdk.metrics(), DECISION_COUNTER)).toHaveLength(1);
  });

  it.each<{ name: string; options: object }>([
    { name: 'tracer', options: { tracer: {} } },
    { name: 'meter', options: { meter: null } },
    { name: 'spans', options: { spans: 1 } },
    { name: 'maxRoutes', options: { maxRoutes: 0.5 } },
    { name: 'span', options: { span: true } },
  ])('names the option "$name" when it is wrong', ({ name, options }) => {
    expect(() => createOpenTelemetrySink(options as OpenTelemetrySinkOptions)).toThrow(
      new RegExp(`"${name}"`),
    );
  });
});
