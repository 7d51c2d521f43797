export { createOpenTelemetrySink, type OpenTelemetrySinkOptions } from './sink.js';
export {
  ATTRIBUTES,
  DECISION_COUNTER,
  DECISION_DURATION,
  DECISION_SPAN,
  PROOF_AGE,
} from './names.js';
