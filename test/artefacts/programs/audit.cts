// The same from CommonJS.

import audit = require('@agentwrit/audit');
import opentelemetry = require('@agentwrit/audit/opentelemetry');
import prometheus = require('@agentwrit/audit/prometheus');

export const meter: audit.DriftMeter = audit.createDriftMeter();
export const sinks = [opentelemetry.createOpenTelemetrySink, prometheus.createPrometheusSink];
