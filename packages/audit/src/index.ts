export {
  auditEntryOf,
  DECISION_EVENT_TYPES,
  type DecisionEventType,
  decisionOf,
} from './record.js';
export type { DecisionEvent, DecisionSink } from '@agentwrit/protocol';
export { type BatchSink, type BatchSinkOptions, createBatchSink } from './batch-sink.js';
export type { BatchFigures } from './batches.js';
export type { DropNotice } from './drop-notices.js';
export { SinkError, type SinkFault } from './sink-error.js';
export {
  createPinoSink,
  type LogLevel,
  type PinoLogger,
  type PinoSinkOptions,
} from './pino-sink.js';
